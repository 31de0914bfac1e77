"""The only room with Pillow: what goes in, what comes out, what a terminal shows."""
