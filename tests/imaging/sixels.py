"""A small sixel decoder: what a terminal would paint, kept apart from our encoder on purpose."""

from __future__ import annotations

import re

from PIL import Image

TOKEN = re.compile(r"#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)(.)|([$-])|([?-~])")


def painted(dcs: str) -> Image.Image:
    """The picture that one DCS paints; pixels that it leaves alone are transparent."""
    head = re.match(r'\x1bP0;1;0q"1;1;(\d+);(\d+)', dcs)
    assert head, dcs[:40]
    assert dcs.endswith("\x1b\\")
    width, height = int(head[1]), int(head[2])
    image = Image.new("RGBA", (width, -(-height // 6) * 6))
    colours: dict[int, tuple[int, int, int, int]] = {}
    colour, x, y = None, 0, 0
    at, end = head.end(), len(dcs) - 2
    while at < end:
        token = TOKEN.match(dcs, at)
        assert token, dcs[at : at + 20]
        at = token.end()
        define, red, green, blue, select, count, repeated, move, single = token.groups()
        if define:
            level = [round(int(value) * 255 / 100) for value in (red, green, blue)]
            colours[int(define)] = (level[0], level[1], level[2], 255)
        elif select:
            colour = colours[int(select)]
        elif move:
            x, y = 0, y + (6 if move == "-" else 0)
        else:
            assert colour, "painted before a colour was selected"
            bits = ord(repeated or single) - 63
            for column in range(x, x + int(count or 1)):
                for bit in range(6):
                    if bits >> bit & 1:
                        image.putpixel((column, y + bit), colour)
            x += int(count or 1)
            assert x <= width
    assert y < height, "a band too many"
    return image
