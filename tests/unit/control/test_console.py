"""The way to the console, and the files that it is made of."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from cs_simulator.console import PAGE, TYPES, asset, names
from tests.support.app import App

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
MOST_BYTES = 150 * 1000


def content(name: str) -> str:
    found = asset(name)
    assert found is not None
    return found.content.decode("utf-8")


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/", "_control/console"),
        ("/_control", "_control/console"),
        ("/_control/", "../_control/console"),
        ("/_world/w/", "../../_control/console#world=w"),
        ("/_world/w", "../_control/console#world=w"),
        ("/_world/w/_control/", "../../../_control/console#world=w"),
        ("/_world/w/_control/console", "../../../_control/console#world=w"),
    ],
)
def test_browser_is_led_to_the_console(path: str, location: str) -> None:
    app = App()
    reply = app.get(path, Accept=BROWSER)
    assert (reply.status, reply.headers["Location"]) == (303, location)
    assert app.get("/_control/requests").json()["requests"] == []
    assert app.worlds.names() == ["default"]


@pytest.mark.parametrize(
    "accept",
    [
        "text/html,application/xml;q=0.9,*/*;q=0.8",
        "text/html, */*",
        "TEXT/HTML",
        "Text/Html, */*;q=0.5",
        "text/html;level=1",
        "text/html;charset=utf-8;q=0.9",
    ],
)
def test_html_is_html_however_it_is_written(accept: str) -> None:
    reply = App().get("/", Accept=accept)
    assert (reply.status, reply.headers["Vary"]) == (303, "Accept")


@pytest.mark.parametrize("path", ["/", "/_control/", "/_world/w/"])
def test_answer_in_place_of_the_page_says_that_it_hangs_on_accept(path: str) -> None:
    assert App().get(path, Accept="application/json").headers["Vary"] == "Accept"


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://shop.example"}])
def test_journal_has_what_an_answer_hangs_on(headers: dict[str, str]) -> None:
    app = App()
    reply = app.get("/", **headers)
    [entry] = app.get("/_control/requests").json()["requests"]
    assert entry["response"]["headers"]["Vary"] == reply.headers["Vary"]
    assert reply.headers["Vary"].endswith("Accept")


def test_head_leads_where_get_does_and_is_a_probe_otherwise() -> None:
    app = App()
    led = app.ask("HEAD", "/", Accept=BROWSER)
    assert (led.status, led.headers["Location"]) == (303, "_control/console")
    probe = app.ask("HEAD", "/")
    assert (probe.status, probe.headers["Vary"]) == (204, "Accept")
    assert app.ask("HEAD", "/_control/").headers["Vary"] == "Accept"
    assert app.get("/_control/requests").json()["requests"] == []


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/json",
        "application/json, text/html;q=0.9",
        "application/json, text/html",
        "text/html;q=0",
        "text/html;q=0.5, application/*; q = 0.6",
        "text/html;q=much",
        "text/*",
        "application/xml;v=text/html",
    ],
)
@pytest.mark.parametrize(("path", "status"), [("/", 404), ("/_control/", 200)])
def test_everybody_else_gets_what_there_is(path: str, status: int, accept: str) -> None:
    reply = App().get(path, Accept=accept)
    assert (reply.status, reply.headers["Content-Type"]) == (status, "application/json")


def test_other_methods_and_paths_lead_nowhere() -> None:
    app = App()
    assert app.post("/", Accept=BROWSER).status == 404
    assert app.get("/genesys/1/cs/services/1", Accept=BROWSER).status == 400
    assert app.get("/_control/worlds", Accept=BROWSER).status == 200


def test_name_of_a_world_is_no_header_of_its_own() -> None:
    reply = App().get("/_world/a%0d%0aX-Evil:%201/", Accept=BROWSER)
    assert "\r" not in reply.headers.get("Location", "")
    assert "X-Evil" not in reply.headers


def test_page_and_files_need_no_token_and_data_do() -> None:
    app = App(control_token="s3cret")
    for path in ("console", *(f"console/{name}" for name in names())):
        assert app.get(f"/_control/{path}").status == 200
    assert app.get("/_control/", Accept=BROWSER).status == 303
    assert app.get("/_control/requests").status == 401
    assert app.get("/_control/consoles").status == 401


def test_page_lets_nothing_from_elsewhere_in() -> None:
    headers = App().get("/_control/console").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")


@pytest.mark.parametrize("name", ["assets.py", "nothing.js", "..%2fassets.py", "main.jss"])
def test_other_files_are_none_of_the_console(name: str) -> None:
    reply = App().get(f"/_control/console/{name}")
    assert (reply.status, reply.json()["title"]) == (404, "No such file")


def test_files_are_small() -> None:
    found = [asset(name) for name in names()]
    assert sum(len(each.content) for each in found if each is not None) <= MOST_BYTES


@pytest.mark.parametrize("name", names())
def test_file_names_no_other_host_and_runs_no_text(name: str) -> None:
    text = content(name)
    hosts = set(re.findall(r"https?://[^\s\"'`<>)]*", text))
    assert hosts <= {"http://www.w3.org/2000/svg", "http://localhost:8080"}
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text)
    assert not re.search(r"<[^>]+\son\w+=", text) or name.endswith(".js")
    assert name.rpartition(".")[2] in TYPES


def test_page_has_no_script_or_style_of_its_own() -> None:
    page = content(PAGE)
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]
    assert "<style" not in page
    assert "style=" not in page


@pytest.mark.parametrize("name", [each for each in names() if each.endswith(".js")])
def test_modules_import_one_another_by_name(name: str) -> None:
    imported = re.findall(r'^import \{[^}]+\} from "\./([\w.]+)";$', content(name), re.MULTILINE)
    assert len(imported) == len(re.findall(r"^import\b", content(name), re.MULTILINE))
    assert set(imported) <= set(names())


def test_start_does_not_pay_for_the_console() -> None:
    code = "import sys, cs_simulator.app; print([n for n in sys.modules if '.console' in n])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
