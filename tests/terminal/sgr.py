"""Select Graphic Rendition: the parameters that change how the next characters look."""

from __future__ import annotations

from collections.abc import Iterator

from tests.terminal.grid import Colour, Style

_ON = {
    1: "bold", 2: "dim", 3: "italic", 4: "underline", 5: "blink", 7: "reverse", 8: "hidden",
    9: "strike", 21: "double", 51: "frame", 52: "circle", 53: "over",
}  # fmt: skip
_OFF = {
    22: {"bold", "dim"}, 23: {"italic"}, 24: {"underline", "double"}, 25: {"blink"},
    27: {"reverse"}, 28: {"hidden"}, 29: {"strike"}, 54: {"frame", "circle"}, 55: {"over"},
}  # fmt: skip


def restyled(style: Style, parameters: str) -> Style:
    """The style after ``CSI parameters m``."""
    codes = iter([int(part or 0) for part in parameters.replace(":", ";").split(";")])
    for code in codes:
        if code == 0:
            style = Style()
        elif code in _ON:
            style = style._replace(attributes=style.attributes | {_ON[code]})
        elif code in _OFF:
            style = style._replace(attributes=style.attributes - _OFF[code])
        elif code in (38, 48, 58):
            colour = _colour(next(codes, 0), codes)
            style = _coloured(style, code, colour)
        elif code in (39, 49):
            style = _coloured(style, code - 1, None)
        elif 30 <= code <= 37 or 40 <= code <= 47:
            style = _coloured(style, code // 10 * 10 + 8, code % 10)
        elif 90 <= code <= 97 or 100 <= code <= 107:
            style = _coloured(style, 38 if code < 100 else 48, code % 10 + 8)
    return style


def _colour(kind: int, codes: Iterator[int]) -> Colour:
    if kind == 5:
        return next(codes, 0)
    return next(codes, 0), next(codes, 0), next(codes, 0)


def _coloured(style: Style, where: int, colour: Colour) -> Style:
    """With another text colour (38) or background (48); an underline's own (58) does not count."""
    if where == 38:
        return style._replace(fg=colour)
    return style._replace(bg=colour) if where == 48 else style
