"""A growing HAR file: complete after every exchange, so a kill loses only the one in flight."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from cs_simulator.har.exchanges import HarError, RecordedExchange
from cs_simulator.har.secrets import masked
from cs_simulator.har.writing import HEAD, TAIL, entry_text


class HarFile:
    """Write exchanges to a new file, with secrets removed unless requested."""

    def __init__(self, path: Path, *, secrets: bool = False) -> None:
        self.path = path
        self.count = 0
        self._secrets = secrets
        try:
            self._file = path.open("xb", buffering=0)
        except FileExistsError:
            raise HarError(f"{path} already exists; choose another name, or remove it") from None
        except OSError as error:
            raise HarError(f"cannot write {path}: {error.strerror or error}") from None
        self._file.write(f"{HEAD}{TAIL}".encode())
        self._end = len(HEAD.encode())

    def add(self, exchange: RecordedExchange) -> None:
        """Append one exchange."""
        shown = exchange if self._secrets else masked(exchange)
        separator = ",\n" if self.count else "\n"
        text = f"{separator}{entry_text(shown)}".encode()
        self._file.seek(self._end)
        self._file.write(text + TAIL.encode())
        self._end += len(text)
        self.count += 1

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> HarFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
