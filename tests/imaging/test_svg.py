"""SVG: sizes, colours and transparency; nothing outside is reached, and bombs end by themselves."""

from __future__ import annotations

import base64
import http.server
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.domain.errors import BadInput
from app.imaging.decode import decode_scaled, open_checked, upright_size
from app.imaging.headers import Probe, probe
from app.imaging.raster import Job, Protocol, prepare
from app.imaging.workers import stop
from tests.imaging.pictures import RED, encoded, near, plain

NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
FILL = f"rgb{RED}"


def svg(inside: str, root: str = 'width="40" height="20"', before: str = "") -> bytes:
    return f"{before}<svg {NAMES} {root}>{inside}</svg>".encode()


def disc(colour: str = FILL) -> str:
    """A disc in the middle of 40 x 20."""
    return f'<circle cx="20" cy="10" r="8" fill="{colour}"/>'


SLOW = svg(
    '<filter id="f" x="0" y="0" width="1" height="1"><feTurbulence baseFrequency="0.9"'
    ' numOctaves="99"/></filter>' + '<rect width="40" height="20" filter="url(#f)"/>' * 400
)
"""It is small, and takes minutes to draw."""


def blank(data: bytes) -> bool:
    """Whether nothing at all is drawn."""
    image = decode_scaled(data, 40, 20)
    return image.mode == "RGBA" and image.getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize(
    ("root", "size"),
    [
        ('width="40" height="20"', (40, 20)),
        ("width='40px' height='20.4'", (40, 20)),
        ('width="1in" height="25.4mm"', (96, 96)),
        ('viewBox="0 0 64 32"', (64, 32)),
        ('viewBox="-5,-5 64.6 32.2"', (65, 32)),
        ('width="100%" height="100%" viewBox="0 0 64 32"', (64, 32)),
        ('width="128" viewBox="0 0 64 32"', (128, 64)),
        ('height="16" viewBox="0 0 64 32"', (32, 16)),
        ('stroke-width="9" data-width="7" viewBox="0 0 64 32"', (64, 32)),
        ('width="50%"', (0, 0)),
        ("", (0, 0)),
    ],
)
def test_the_size_is_read_from_the_root(root: str, size: tuple[int, int]) -> None:
    data = svg(disc(), root, '<?xml version="1.0"?>\n<!-- <svg width="9" height="9"> -->\n')
    assert probe(data) == Probe("svg", *size)
    assert upright_size(open_checked(data)) == (size if any(size) else (300, 150))


def test_it_is_drawn_at_the_size_that_is_needed() -> None:
    image = decode_scaled(svg(disc()), 800, 400)
    assert (image.size, image.mode) == ((800, 400), "RGBA")
    assert near(image.getpixel((400, 200)), (*RED, 255))
    assert image.getpixel((10, 10)) == (0, 0, 0, 0)
    edge = [image.getpixel((x, 200)) for x in range(230, 250)]
    blurred = sum(0 < pixel[3] < 255 for pixel in edge if isinstance(pixel, tuple))
    assert blurred <= 4


def test_without_draft_it_has_its_own_size() -> None:
    image = open_checked(svg(disc()))
    image.load()
    assert image.size == (40, 20)


def test_a_huge_one_is_drawn_smaller() -> None:
    image = open_checked(svg(disc(), 'width="9000" height="4500" viewBox="0 0 40 20"'))
    assert image.size == (9000, 4500)
    image.draft(None, (9000, 4500))
    assert image.size == (4096, 2048)
    image.draft(None, (20, 10))
    image.load()
    assert image.size == (20, 10)
    with pytest.raises(BadInput, match="too many"):
        open_checked(svg(disc(), 'width="999999" height="999999"'))


def test_a_part_of_a_huge_one_is_the_part_that_was_asked_for() -> None:
    huge = svg(disc(), 'width="5000" height="2500" viewBox="0 0 40 20"')
    part = Job("x", 4, 2, "halfcell", 10, 20, crop=(2400, 1150, 2600, 1350))
    other = Job("x", 4, 2, "halfcell", 10, 20, crop=(4800, 2300, 5000, 2500))
    inside, beside = (prepare(huge, job) for job in (part, other))
    assert (inside.width, inside.height, inside.plain) == (5000, 2500, True)
    assert not beside.plain
    assert near(tuple(inside.cells.fore[:3]), RED)


@pytest.mark.parametrize("protocol", ["kitty", "sixel", "halfcell"])
def test_it_goes_the_way_of_every_picture(protocol: Protocol) -> None:
    job = Job("x", 8, 2, protocol, 10, 20, background=(0, 0, 0))
    made = prepare(svg(disc()), job, image_id=7 if protocol == "kitty" else 0)
    assert (made.width, made.height, made.plain) == (40, 20, False)
    assert made.upload if protocol == "kitty" else made.lines


def test_words_are_drawn() -> None:
    assert not blank(svg('<text x="2" y="15" font-size="14" font-family="sans-serif">Hi</text>'))


def test_styles_gradients_and_uses_work() -> None:
    data = svg(
        f'<style>.a {{ fill: {FILL} }}</style><defs><rect id="r" width="40" height="20"/></defs>'
        '<use xlink:href="#r" class="a"/>'
    )
    assert near(decode_scaled(data, 40, 20).getpixel((20, 10)), RED)


def test_a_picture_inside_is_drawn() -> None:
    inner = base64.b64encode(encoded(plain(40, 20))).decode()
    data = svg(f'<image width="40" height="20" href="data:image/png;base64,{inner}"/>')
    assert near(decode_scaled(data, 40, 20).getpixel((20, 10)), RED)


class _Counting(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and what it was asked for."""
    _Counting.asked = []
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Counting)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}", _Counting.asked
    running.shutdown()
    thread.join()
    running.server_close()


def test_nothing_outside_is_read(
    server: tuple[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, asked = server
    (tmp_path / "near.png").write_bytes(encoded(plain(40, 20)))
    (tmp_path / "near.svg").write_bytes(svg(disc()))
    monkeypatch.chdir(tmp_path)
    places = [url, tmp_path.as_uri(), str(tmp_path), "", "./", "file:"]
    hrefs = [f"{place}/near.{kind}".lstrip("/") for place in places for kind in ("png", "svg")]
    hrefs += [str(tmp_path / "near.png"), f" {tmp_path / 'near.png'}"]
    drawn = "".join(
        f'<image {key}="{href}" width="40" height="20"/><use {key}="{href}#a"/>'
        f'<filter id="f"><feImage {key}="{href}"/></filter>'
        f'<style>@import "{href}"; @font-face {{ src: url({href}) }}</style>'
        for href in hrefs
        for key in ("href", "xlink:href")
    )
    assert blank(svg(drawn))
    fills = "".join(f'<rect width="40" height="20" fill="url({href}#a)"/>' for href in hrefs)
    assert not near(decode_scaled(svg(fills), 40, 20).convert("RGB").getpixel((20, 10)), RED)
    renamed = f'<image x:href="{tmp_path / "near.png"}" width="40" height="20"/>'
    assert blank(svg(renamed, 'width="40" height="20" xmlns:x="http://www.w3.org/1999/xlink"'))
    assert asked == []


def test_a_picture_inside_a_picture_reaches_no_further(tmp_path: Path) -> None:
    (tmp_path / "near.png").write_bytes(encoded(plain(40, 20)))
    inner = svg(f'<image href="{tmp_path / "near.png"}" width="40" height="20"/>{disc()}')
    nested = base64.b64encode(inner).decode()
    assert blank(svg(f'<image width="40" height="20" href="data:image/svg+xml;base64,{nested}"/>'))


def test_bombs_inside_are_left_out() -> None:
    header = encoded(plain(1, 1))
    bomb = header[:16] + (20_000).to_bytes(4, "big") * 2 + header[24:]
    inner = base64.b64encode(bomb).decode()
    assert blank(svg(f'<image width="40" height="20" href="data:image/png;base64,{inner}"/>'))


def test_scripts_are_left_out() -> None:
    data = svg(f"<script>alert(1)</script><g onclick='alert(1)'>{disc()}</g>")
    assert near(decode_scaled(data, 40, 20).getpixel((20, 10)), (*RED, 255))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (svg(disc())[:-9], "damaged"),
        (svg("<g></h>"), "damaged"),
        (svg("&nothing;"), "damaged"),
        (svg("", before='<!DOCTYPE svg [<!ENTITY a "b">]>'), "entities"),
        (svg("&a;", before='<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hosts">]>'), "entities"),
        (f"<?xml version='1.0'?><p><svg {NAMES}/></p>".encode(), "not an SVG"),
        (svg("<g>" * 500 + "</g>" * 500), "too complex"),
        (svg("<g/>" * 100_001), "too complex"),
        (svg("<g/>") + b" " * 16 * 2**20, "more than 16 MB"),
        (b"\x1f\x8b\x08" + bytes(50), ""),
    ],
    ids=[
        "cut off",
        "crossed",
        "unknown entity",
        "entity",
        "file entity",
        "not svg",
        "deep",
        "long",
        "large",
        "svgz",
    ],
)
def test_what_is_broken_or_too_much_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        decode_scaled(data, 40, 20)
    assert words in refused.value.sentence


def test_a_plain_doctype_does_no_harm() -> None:
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:1/svg11.dtd">'
    assert not blank(svg(disc(), before=doctype))


@pytest.mark.slow
def test_uses_that_multiply_end_by_themselves() -> None:
    levels = "".join(
        f'<g id="a{level}">' + f'<use href="#a{level - 1}"/>' * 10 + "</g>" for level in range(1, 9)
    )
    bomb = svg(f'<defs><rect id="a0" width="9" height="9"/>{levels}</defs><use href="#a8"/>')
    begun = time.monotonic()
    with pytest.raises(BadInput, match="too complex"):
        decode_scaled(bomb, 40, 20)
    assert time.monotonic() - begun < 20


def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.imaging.svg.PATIENCE", 0.5)
    begun = time.monotonic()
    with pytest.raises(BadInput, match="too long"):
        decode_scaled(SLOW, 2000, 1000)
    assert time.monotonic() - begun < 5


def test_drawing_ends_at_once_when_the_app_is_left() -> None:
    leaving = threading.Timer(1.0, stop)
    leaving.start()
    begun = time.monotonic()
    with pytest.raises(BadInput):
        decode_scaled(SLOW, 2000, 1000)
    leaving.join()
    assert time.monotonic() - begun < 3


def test_it_is_drawn_where_the_library_is_in_a_folder_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "resvg_py.py").write_text(
        f"def svg_to_bytes(**asked):\n    return {encoded(plain(40, 20, (*RED, 255)))!r}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "resvg_py", raising=False)
    monkeypatch.setattr(sys, "executable", getattr(sys, "_base_executable", sys.executable))
    assert near(decode_scaled(svg(""), 40, 20).getpixel((20, 10)), RED)


@pytest.mark.parametrize("broken", ["", "import a_library_that_is_not_there"])
def test_a_missing_library_is_said_in_words(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "resvg_py.py").write_text(broken)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "resvg_py", raising=False)
    monkeypatch.setattr(sys, "executable", getattr(sys, "_base_executable", sys.executable))
    with pytest.raises(BadInput, match="need resvg_py"):
        decode_scaled(svg(disc()), 40, 20)


def test_uses_that_turn_in_circles_end() -> None:
    with suppress(BadInput):
        assert blank(svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'))
