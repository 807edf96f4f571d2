#!/bin/sh
# Installs the Debian packages that are missing. usage: packages.sh python|run|test
# fonts-ipaexfont: reports and approved copies in Japanese; libatomic1: the Node.js inside the playwright wheel; ocrmypdf: the peer of the benchmark.
# Root or sudo installs them; anyone else is told their names.
set -eu

case "${1:-}" in
python) packages="python3-venv" ;;
run) packages="openssl fonts-ipaexfont tesseract-ocr tesseract-ocr-jpn tesseract-ocr-jpn-vert tesseract-ocr-eng tesseract-ocr-osd libjpeg-turbo-progs" ;;
test) packages="ceph-mon ceph-osd radosgw postgresql chromium fonts-noto-cjk fonts-noto-cjk-extra fonts-ipafont fonts-vlgothic fonts-takao fonts-mplus libatomic1 uuid-runtime ocrmypdf" ;;
*) echo "usage: packages.sh python|run|test" >&2; exit 2 ;;
esac

# Another Python than Debian's brings its own venv module.
[ "$1" = python ] && python3 -c 'import venv, ensurepip' 2>/dev/null && exit 0

missing=""
for package in $packages; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ]; then as_root=""
elif command -v sudo >/dev/null 2>&1; then as_root="sudo"
else
    echo "These Debian packages are missing; please have them installed:$missing" >&2
    exit 1
fi
echo "Installing Debian packages:$missing"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install --yes -qq --no-install-recommends $missing >/dev/null
