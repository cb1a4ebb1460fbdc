"""What the site needs to read the pages: mkdocs calls it for each."""

import re
from typing import Any


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Leave the first word behind a fence; with more of them it would not be taken for one."""
    return re.sub(r"(?m)^(```\w+) .+$", r"\1", markdown)
