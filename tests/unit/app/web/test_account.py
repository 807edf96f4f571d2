import re

import cv2
import numpy as np
import pytest

from app.web.qr import qr_svg
from app.web.views.account import browser_name


def test_a_qr_code_says_what_was_put_in():
    uri = "otpauth://totp/Shoko:sato?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Shoko&digits=6&period=30"
    svg = qr_svg(uri, title="<QR>")
    assert 'aria-label="&lt;QR&gt;"' in svg
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    picture = np.full((side, side), 255, np.uint8)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", svg):
        picture[int(y), int(x)] = 0
    assert picture[:2].min() == 255  # a quiet zone
    assert cv2.QRCodeDetector().detectAndDecode(np.kron(picture, np.ones((8, 8), np.uint8)))[0] == uri


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("curl/8", "curl/8"),
        ("", ""),
    ],
)
def test_browsers_are_named_as_people_call_them(agent, name):
    assert browser_name(agent) == name
