"""A picture through a map of the plane."""

import cv2
import numpy as np

from extractors.pages.clean.warp import warped

PICTURE = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 255, (300, 200, 3), dtype=np.uint8), (0, 0), 2)


def test_four_channels_give_the_pixels_of_three():
    corners = np.array([(12, 9), (190, 3), (183, 280), (20, 291)], np.float32)
    target = np.array([(0, 0), (170, 0), (170, 280), (0, 280)], np.float32)
    forward = np.asarray(cv2.getPerspectiveTransform(corners, target), np.float64)
    plain = cv2.warpPerspective(PICTURE, forward, (170, 280), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    assert np.array_equal(warped(PICTURE, forward, (170, 280)), plain)


def test_a_turn_keeps_the_edge_beyond_the_picture_and_grey_stays_grey():
    forward = np.vstack([cv2.getRotationMatrix2D((100, 150), 2.0, 1.0), (0.0, 0.0, 1.0)])
    plain = np.full((300, 200, 3), (9, 99, 199), np.uint8)
    assert np.array_equal(warped(plain, forward, (200, 300)), plain)
    grey = warped(PICTURE[:, :, 0], forward, (200, 300))
    assert np.array_equal(grey, warped(PICTURE, forward, (200, 300))[:, :, 0])
