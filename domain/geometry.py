"""One origin (top left), one unit (pixels of the original page turned upright), converted only here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle: left and top inclusive, right and bottom exclusive, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels."""
        return self.bottom - self.top

    @property
    def center(self) -> tuple[float, float]:
        """(x, y)."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def as_list(self) -> list[int]:
        """[left, top, right, bottom], the form of ``read --json`` (DESIGN §6.3)."""
        return [self.left, self.top, self.right, self.bottom]

    def clipped(self, *, width_px: int, height_px: int) -> Box:
        """The part inside a page."""
        left = min(max(self.left, 0), width_px)
        top = min(max(self.top, 0), height_px)
        return Box(
            left=left,
            top=top,
            right=min(max(self.right, left), width_px),
            bottom=min(max(self.bottom, top), height_px),
        )


def union(boxes: tuple[Box, ...]) -> Box:
    """The smallest box around all (at least one)."""
    return Box(
        left=min(b.left for b in boxes),
        top=min(b.top for b in boxes),
        right=max(b.right for b in boxes),
        bottom=max(b.bottom for b in boxes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """A plane map as a row-major 3×3 matrix, from rendition pixels to upright page pixels."""

    matrix: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Map one point (homogeneous)."""
        m = self.matrix
        w = m[6] * x + m[7] * y + m[8]
        return (m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w

    def box(self, box: Box) -> Box:
        """The axis-parallel box around the mapped corners, rounded outwards-neutral (nearest pixel)."""
        if self.matrix == IDENTITY.matrix:  # of every word of a page that was read as it came
            return box
        corners = [self.point(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
        xs = [c[0] for c in corners]
        ys = [c[1] for c in corners]
        return Box(left=round(min(xs)), top=round(min(ys)), right=round(max(xs)), bottom=round(max(ys)))

    def then(self, after: Transform) -> Transform:
        """First this map, then ``after``."""
        a, b = after.matrix, self.matrix
        return Transform(
            matrix=tuple(sum(a[3 * row + k] * b[3 * k + col] for k in range(3)) for row in range(3) for col in range(3))
        )

    def inverse(self) -> Transform:
        """The map back.

        Raises:
            ValueError: it has none, because it flattens the plane.
        """
        a, b, c, d, e, f, g, h, i = self.matrix
        cofactors = (
            (e * i - f * h, c * h - b * i, b * f - c * e),
            (f * g - d * i, a * i - c * g, c * d - a * f),
            (d * h - e * g, b * g - a * h, a * e - b * d),
        )
        determinant = a * cofactors[0][0] + b * cofactors[1][0] + c * cofactors[2][0]
        if determinant == 0:
            msg = "the map flattens the plane"
            raise ValueError(msg)
        return Transform(matrix=tuple(value / determinant for row in cofactors for value in row))


IDENTITY = Transform()


def quarter_turn(degrees: int, *, width_px: int, height_px: int) -> Transform:
    """The map that turns a page of the given size clockwise by 0, 90, 180 or 270 degrees.

    Raises:
        ValueError: another angle.
    """
    matrices = {
        0: (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
        90: (0.0, -1.0, float(height_px), 1.0, 0.0, 0.0, 0.0, 0.0, 1.0),
        180: (-1.0, 0.0, float(width_px), 0.0, -1.0, float(height_px), 0.0, 0.0, 1.0),
        270: (0.0, 1.0, 0.0, -1.0, 0.0, float(width_px), 0.0, 0.0, 1.0),
    }
    if degrees not in matrices:
        msg = "a quarter turn is 0, 90, 180 or 270 degrees"
        raise ValueError(msg)
    return Transform(matrix=matrices[degrees])
