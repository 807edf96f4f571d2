#!/bin/sh
# 書庫 (Shoko) が書き出した監査用データを、書庫を使わずに検証します。
#
#   ./verify.sh [--roots 根証明書.pem] [--log-key-sha256 HEX] [--earlier-head 件数:HEX]
#
# 必要なもの: sh、openssl 3.0 以上、sha256sum、POSIX の標準コマンド。ネットワークは使いません。
# 信頼の起点（時刻認証局の根証明書、ログ署名鍵の指紋）は、このデータの外から受け取ってください。
# 指定がなければ、データの中の整合だけを調べ、指紋を表示して「判定不能」とします。
#
# 終了コード: 0 合格、1 不合格、2 使い方の誤り、3 判定不能
#
# 手順
#   1. ファイルの過不足と改変 (BagIt)
#   2. ログ先頭の署名と鍵
#   3. ログの各行がログ先頭に含まれること (RFC 9162 の包含証明)
#   4. 以前のログ先頭からの連続性 (指定されたとき)
#   5. 書き出しの記録と、全ファイルの一覧
#   6. 記録がログのとおりであること、内容が記録のとおりであること
#   7. 原本が受領時の記録のとおりであること
#   8. タイムスタンプ (RFC 3161) が原本に対するものであること
set -u
LC_ALL=C
OPENSSL_CONF=/dev/null
export LC_ALL OPENSSL_CONF

usage() {
  echo '使い方: ./verify.sh [--roots 根証明書.pem] [--log-key-sha256 HEX] [--earlier-head 件数:HEX]' >&2
  exit 2
}

roots=
key_wanted=
earlier=
while [ $# -gt 0 ]; do
  case $1 in
    --roots) [ $# -ge 2 ] || usage; roots=$2; shift 2 ;;
    --log-key-sha256) [ $# -ge 2 ] || usage; key_wanted=$(printf %s "$2" | tr -d ':' | tr 'A-F' 'a-f'); shift 2 ;;
    --earlier-head) [ $# -ge 2 ] || usage; earlier="$earlier $2"; shift 2 ;;
    *) usage ;;
  esac
done
for tool in openssl sha256sum awk sed od find sort tr mktemp; do
  command -v "$tool" >/dev/null 2>&1 || { echo "コマンド $tool が見つかりません" >&2; exit 2; }
done
case $(openssl version 2>/dev/null) in
  'OpenSSL 0.'* | 'OpenSSL 1.'* | LibreSSL*) echo 'openssl 3.0 以上が必要です' >&2; exit 2 ;;
esac
if [ -n "$roots" ]; then
  [ -r "$roots" ] || { echo "根証明書 $roots を読めません" >&2; exit 2; }
  case $roots in /*) ;; *) roots=$PWD/$roots ;; esac
fi
cd -- "$(dirname -- "$0")" || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
mkdir "$tmp/h"

failures=0
doubts=0
ok() { printf '  合格      %s\n' "$1"; }
ng() { printf '  不合格    %s\n' "$1"; failures=$((failures + 1)); }
na() { printf '  判定不能  %s\n' "$1"; doubts=$((doubts + 1)); }
# Every line of a file is one failure; shows the first twenty.
ng_lines() {
  n=$(wc -l <"$1" | tr -d ' ')
  head -n 20 "$1" | while IFS= read -r line; do printf '  不合格    %s\n' "$line"; done
  [ "$n" -le 20 ] || printf '  不合格    … ほか %s 件\n' "$((n - 20))"
  failures=$((failures + n))
}
sum() { sha256sum <"$1" | cut -c1-64; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
# File of "name hex…" lines -> file of "name hash" lines: SHA-256 of the bytes, many at a time.
hash_table() {
  rm -rf "$tmp/h"
  mkdir "$tmp/h"
  awk '{
    out = ""
    for (i = 1; i <= length($2); i += 2) {
      byte = (index("0123456789abcdef", substr($2, i, 1)) - 1) * 16 + index("0123456789abcdef", substr($2, i + 1, 1)) - 1
      out = out sprintf("\\%03o", byte)
    }
    print $1, out
  }' "$1" | while read -r name bytes; do printf "$bytes" >"$tmp/h/$name"; done
  find "$tmp/h" -type f -exec sha256sum {} + | sed 's|^\([0-9a-f]*\)  .*/|\1 |' | awk '{ print $2, $1 }' >"$2"
}

echo '1. ファイルの過不足と改変'
find . ! -type f ! -type d >"$tmp/special"
find . -name '*
*' >>"$tmp/special"
if [ -s "$tmp/special" ]; then ng 'リンクや特殊なファイルが混ざっています'; fi
find . -type f -exec sha256sum {} + | sed 's|^\([0-9a-f]*\)  \./|\1  |' | sort >"$tmp/have"
cat manifest-sha256.txt tagmanifest-sha256.txt 2>/dev/null | sort >"$tmp/listed"
[ -s "$tmp/listed" ] || ng 'manifest-sha256.txt がありません'
compare() { # expected, actual, file of paths that need not be expected
  awk -v allowed="$3" '
    BEGIN { while ((getline line < allowed) > 0) free[line] = 1 }
    { digest = substr($0, 1, 64); path = substr($0, 67) }
    NR == FNR { want[path] = digest; next }
    { have[path] = 1
      if (!(path in want)) { if (!(path in free)) print "記録にないファイルがあります: " path }
      else if (want[path] != digest) print "内容が変わっています: " path }
    END { for (path in want) if (!(path in have)) print "ファイルがありません: " path }' "$1" "$2" | sort
}
echo tagmanifest-sha256.txt >"$tmp/free"
compare "$tmp/listed" "$tmp/have" "$tmp/free" >"$tmp/wrong"
if [ -s "$tmp/wrong" ]; then ng_lines "$tmp/wrong"; else ok "$(wc -l <"$tmp/listed" | tr -d ' ') ファイル"; fi

echo '2. ログ先頭の署名と鍵'
body=data/log/head-body.json
size=$(sed -n 's/.*"tree_size":\([0-9][0-9]*\)}$/\1/p' "$body" 2>/dev/null)
root=$(sed -n 's/.*"root":{"algorithm":"sha256","value":"\([0-9a-f]*\)"}.*/\1/p' "$body" 2>/dev/null)
public=$(sed -n 's/.*"public_key":"\([0-9a-f]*\)".*/\1/p' "$body" 2>/dev/null)
head_ok=no
if [ -z "$size" ] || [ ${#root} -ne 64 ] || [ ${#public} -ne 64 ]; then
  ng 'ログ先頭 (data/log/head-body.json) を読めません'
elif ! openssl pkeyutl -verify -pubin -inkey data/log/key.pem -rawin -in "$body" -sigfile data/log/head.sig >/dev/null 2>&1; then
  ng 'ログ先頭の署名が正しくありません'
elif [ "$(openssl pkey -pubin -in data/log/key.pem -outform DER 2>/dev/null | hex)" != "302a300506032b6570032100$public" ]; then
  ng 'ログ先頭が名指す鍵と key.pem が違います'
elif [ "$(sed 's/"signature":"[0-9a-f]*",//' data/log/head.json)" != "$(cat "$body")" ]; then
  ng 'head.json と head-body.json が食い違っています'
else
  ok "署名 (件数 $size)"
  head_ok=yes
fi
fingerprint=$(openssl pkey -pubin -in data/log/key.pem -outform DER 2>/dev/null | sha256sum | cut -c1-64)
if [ -z "$key_wanted" ]; then
  na "ログ署名鍵の指紋が指定されていません。このデータの鍵: $fingerprint"
elif [ "$key_wanted" = "$fingerprint" ]; then
  ok 'ログ署名鍵が控えと一致'
else
  ng "ログ署名鍵が控えと違います。このデータの鍵: $fingerprint"
fi

echo '3. ログへの包含'
: >"$tmp/leaves"
if [ "$head_ok" = yes ] && [ -s data/log/leaves.jsonl ] && [ -s data/log/proofs.txt ]; then
  rm -rf "$tmp/h"
  mkdir "$tmp/h"
  n=0
  while IFS= read -r line; do
    n=$((n + 1))
    printf '\000%s' "$line" >"$tmp/h/$n"
  done <data/log/leaves.jsonl
  find "$tmp/h" -type f -exec sha256sum {} + | sed 's|^\([0-9a-f]*\)  .*/|\1 |' | awk '{ print $2, $1 }' >"$tmp/hash"
  # state: line number, sequence, position, last position, hash
  awk -v size="$size" '
    NR == FNR { hash[$1] = $2; next }
    { sequence = ""
      if (match($0, /"sequence":[0-9]+/)) sequence = substr($0, RSTART + 11, RLENGTH - 11)
      print FNR, sequence, sequence, size - 1, hash[FNR] }' "$tmp/hash" data/log/leaves.jsonl >"$tmp/state"
  level=0
  while :; do
    level=$((level + 1))
    awk -v level="$level" -v pairs="$tmp/pairs" '
      NR == FNR { count[$1] = NF - 1; if (NF > level) next_hash[$1] = $(level + 1); next }
      FNR == 1 { printf "" > pairs }
      !($2 in next_hash) { print; next }
      { p = next_hash[$2]; fn = $3; sn = $4
        if (sn == 0 || length(p) != 64 || p ~ /[^0-9a-f]/) { print $1, $2, "x", "x", "x"; next }
        if (fn % 2 == 1 || fn == sn) {
          print $1, "01" p $5 > pairs
          while (fn % 2 == 0 && fn != 0) { fn = int(fn / 2); sn = int(sn / 2) }
        } else print $1, "01" $5 p > pairs
        print $1, $2, int(fn / 2), int(sn / 2), "?" }' data/log/proofs.txt "$tmp/state" >"$tmp/next"
    if [ ! -s "$tmp/pairs" ]; then
      cp "$tmp/next" "$tmp/state"
      break
    fi
    hash_table "$tmp/pairs" "$tmp/hash"
    awk 'NR == FNR { hash[$1] = $2; next } $5 == "?" { $5 = hash[$1] } { print }' "$tmp/hash" "$tmp/next" >"$tmp/state"
    [ "$level" -lt 64 ] || break
  done
  awk -v size="$size" -v root="$root" '
    NR == FNR { proof[$1] = 1; next }
    { if (!($2 in proof) || $2 == "" || $2 >= size || $4 != 0 || $5 != root)
        print "ログに含まれる証明が成り立ちません: " $2
      else print $1 > good }' good="$tmp/good" data/log/proofs.txt "$tmp/state" >"$tmp/wrong"
  [ -f "$tmp/good" ] || : >"$tmp/good"
  awk 'NR == FNR { good[$1] = 1; next } FNR in good' "$tmp/good" data/log/leaves.jsonl >"$tmp/leaves"
  if [ -s "$tmp/wrong" ]; then ng_lines "$tmp/wrong"; else ok "$(wc -l <"$tmp/leaves" | tr -d ' ') 行"; fi
else
  ng 'ログの行または証明がありません'
fi
# kind, subject, manifest digest of every proven line
sed -n 's/.*"kind":"\([^"]*\)","manifest_digest":{"algorithm":"sha256","value":"\([0-9a-f]*\)"}.*"subject_id":"\([^"]*\)"}$/\2 \1 \3/p' \
  "$tmp/leaves" >"$tmp/logged"

for head in $earlier; do
  echo '4. 以前のログ先頭からの連続性'
  first=${head%%:*}
  first_root=$(printf %s "${head#*:}" | tr 'A-F' 'a-f')
  case $first in '' | *[!0-9]*) usage ;; esac
  proof=$(awk -v first="$first" '$1 == first { for (i = 3; i <= NF; i++) print $i; exit }' data/log/consistency.txt 2>/dev/null)
  if [ "$head_ok" != yes ] || [ "$first" -gt "$size" ]; then
    ng "ログが以前 (件数 $first) より短くなっています"
  elif [ "$first" -eq "$size" ]; then
    if [ "$first_root" = "$root" ]; then ok "件数 $first"; else ng "件数 $first のログが以前と違います"; fi
  elif [ -z "$proof" ]; then
    na "件数 $first の証明が入っていません"
  else
    fn=$((first - 1))
    sn=$((size - 1))
    while [ $((fn % 2)) -eq 1 ]; do fn=$((fn / 2)); sn=$((sn / 2)); done
    power=1
    while [ "$power" -lt "$first" ]; do power=$((power * 2)); done
    if [ "$power" -eq "$first" ]; then proof="$first_root $proof"; fi
    old=
    broken=no
    for p in $proof; do
      case $p in *[!0-9a-f]*) broken=yes; break ;; esac
      if [ -z "$old" ]; then old=$p; new=$p; continue; fi
      if [ "$sn" -eq 0 ]; then broken=yes; break; fi
      if [ $((fn % 2)) -eq 1 ] || [ "$fn" -eq "$sn" ]; then
        printf 'old 01%s%s\nnew 01%s%s\n' "$p" "$old" "$p" "$new" >"$tmp/pairs"
        hash_table "$tmp/pairs" "$tmp/hash"
        old=$(awk '$1 == "old" { print $2 }' "$tmp/hash")
        while [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne 0 ]; do fn=$((fn / 2)); sn=$((sn / 2)); done
      else
        printf 'new 01%s%s\n' "$new" "$p" >"$tmp/pairs"
        hash_table "$tmp/pairs" "$tmp/hash"
      fi
      new=$(awk '$1 == "new" { print $2 }' "$tmp/hash")
      fn=$((fn / 2))
      sn=$((sn / 2))
    done
    if [ "$broken" = no ] && [ "$sn" -eq 0 ] && [ "$old" = "$first_root" ] && [ "$new" = "$root" ]; then
      ok "件数 $first"
    else
      ng "件数 $first のログが以前と違います"
    fi
  fi
done

echo '5. 書き出しの記録'
if [ ! -f data/log/exported.json ] || [ ! -f data/inventory.sha256 ]; then
  ng '書き出しの記録がありません'
elif ! grep -q "^$(sum data/log/exported.json) exported " "$tmp/logged"; then
  ng '書き出しの記録がログにありません'
elif ! grep -q "\"inventory\":\"sha256:$(sum data/inventory.sha256)\"" data/log/exported.json; then
  ng '全ファイルの一覧 (data/inventory.sha256) が記録と違います'
else
  cat >"$tmp/free" <<'END'
bagit.txt
bag-info.txt
manifest-sha256.txt
tagmanifest-sha256.txt
data/inventory.sha256
data/log/leaves.jsonl
data/log/proofs.txt
data/log/consistency.txt
data/log/head.json
data/log/head-body.json
data/log/head.sig
data/log/head-token.der
data/log/key.pem
data/log/exported.json
END
  compare data/inventory.sha256 "$tmp/have" "$tmp/free" >"$tmp/wrong"
  if [ -s "$tmp/wrong" ]; then ng_lines "$tmp/wrong"; else ok "$(wc -l <data/inventory.sha256 | tr -d ' ') ファイル"; fi
fi

echo '6. 記録と内容'
# digest and path of every record that is no payload
awk '{ path = substr($0, 67) }
  path ~ /^data\/records\/.*\.json$/ && path !~ /\.payload\.json$/ { print substr($0, 1, 64), path }' "$tmp/have" >"$tmp/records"
awk '
  BEGIN {
    kinds["drops"] = " dropped "; kinds["outcomes"] = " read unreadable refused "
    kinds["documents"] = " filed revised approved tombstoned "; kinds["timestamps"] = " stamped "
    kinds["units"] = " extracted "
  }
  NR == FNR { n++; digest[n] = $1; kind[n] = $2; subject[n] = $3; at[$1] = at[$1] " " n; next }
  { path = substr($0, 66); split(path, part, "/"); area = part[3]
    name = substr(path, length("data/records/" area "/") + 1)
    found = 0; many = split(at[$1], line, " ")
    for (i = 1; i <= many; i++) {
      j = line[i]; s = subject[j]; c = substr(name, length(s) + 1, 1)
      fits = !(area in kinds) || (index(kinds[area], " " kind[j] " ") && substr(name, 1, length(s)) == s && (c == "." || c == "/"))
      if (fits) { found = 1; seen[$1] = 1; break }
    }
    if (!found && area != "units") print "ログにない、または改変された記録です: " path }
  END { for (i = 1; i <= n; i++) if (kind[i] != "exported" && !(digest[i] in seen))
    print "ログにある記録がありません: " subject[i] " (" kind[i] ")" }' "$tmp/logged" "$tmp/records" >"$tmp/wrong"
cut -c66- "$tmp/records" | tr '\n' '\0' >"$tmp/names"
: >"$tmp/payloads"
[ ! -s "$tmp/names" ] || xargs -0 awk '
  match($0, /"payload":"sha256:[0-9a-f]+"/) {
    path = FILENAME; sub(/\.json$/, ".payload.json", path)
    print substr($0, RSTART + 18, RLENGTH - 19) "  " path }' <"$tmp/names" >"$tmp/payloads"
awk '{ digest = substr($0, 1, 64); path = substr($0, 67) }
  NR == FNR { have[path] = digest; next }
  !(path in have) { print "内容がありません: " path; next }
  have[path] != digest { print "内容が記録と違います: " path }' "$tmp/have" "$tmp/payloads" >>"$tmp/wrong"
if [ -s "$tmp/wrong" ]; then ng_lines "$tmp/wrong"; else ok "$(wc -l <"$tmp/records" | tr -d ' ') 件の記録"; fi

echo '7. 原本'
: >"$tmp/units"
awk 'NR == FNR { if ($2 == "dropped" || $2 == "extracted") good[$1] = 1; next }
  ($1 in good) && /data\/records\/(drops|units)\// { print substr($0, 66) }' "$tmp/logged" "$tmp/records" | tr '\n' '\0' >"$tmp/names"
[ ! -s "$tmp/names" ] || xargs -0 awk '
  match($0, /"blob":\{"bucket":"vault","digest":\{"algorithm":"sha256","value":"[0-9a-f]+"/) {
    digest = substr($0, RSTART + RLENGTH - 65, 64)
    if (match($0, /"unit_id":"[^"]*"/)) print substr($0, RSTART + 11, RLENGTH - 12), digest }' <"$tmp/names" | sort -u >"$tmp/units"
awk '
  NR == FNR { if ($1 in want) twice[$1] = 1; want[$1] = $2; next }
  { path = substr($0, 67) }
  path ~ /^data\/originals\// {
    split(path, part, "/"); unit = part[3]; count[unit]++
    if (!(unit in want)) print "受領の記録にない原本です: " path
    else if (want[unit] != substr($0, 1, 64)) print "原本が受領時と違います: " path }
  END { for (unit in want) {
    if (twice[unit]) print "受領の記録が食い違っています: " unit
    if (count[unit] != 1) print "原本がないか、複数あります: " unit } }' "$tmp/units" "$tmp/have" >"$tmp/wrong"
if [ -s "$tmp/wrong" ]; then ng_lines "$tmp/wrong"; else ok "$(wc -l <"$tmp/units" | tr -d ' ') 件の原本"; fi

echo '8. タイムスタンプ'
: >"$tmp/certificates.pem"
for pem in data/certificates/*.pem; do [ ! -f "$pem" ] || cat "$pem" >>"$tmp/certificates.pem"; done
anchors=${roots:-$tmp/certificates.pem}
stamps=0
pending=0
wrong=0
# stamp_holds TOKEN FILE: whether the token is over the file; the chain is checked at the time that the token states.
stamp_holds() {
  at=$(openssl ts -reply -in "$1" -token_in -text 2>/dev/null | awk '
    $1 == "Time" && $2 == "stamp:" {
      m = (index("JanFebMarAprMayJunJulAugSepOctNovDec", $3) + 2) / 3; split($5, t, ":"); y = $6
      if (m < 3) { y--; m += 12 }
      days = 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * m - 457) / 5) + $4 - 719469
      printf "%d", days * 86400 + t[1] * 3600 + t[2] * 60 + int(t[3]) }')
  openssl ts -verify -data "$2" -in "$1" -token_in -CAfile "$anchors" -untrusted "$tmp/certificates.pem" \
    -attime "${at:-0}" >/dev/null 2>&1
}
while read -r unit _; do
  tokens=0
  for token in "data/tokens/$unit"/*.der; do
    [ -f "$token" ] || continue
    tokens=$((tokens + 1))
    good=no
    for original in "data/originals/$unit"/*; do
      if stamp_holds "$token" "$original"; then good=yes; fi
    done
    if [ "$good" = yes ]; then stamps=$((stamps + 1)); else wrong=$((wrong + 1)); ng "タイムスタンプが検証できません: $token"; fi
  done
  if [ "$tokens" -eq 0 ]; then pending=$((pending + 1)); fi
done <"$tmp/units"
if [ -f data/log/head-token.der ]; then
  if stamp_holds data/log/head-token.der data/log/head.json; then
    ok 'ログ先頭のタイムスタンプ'
  else
    ng 'ログ先頭のタイムスタンプが検証できません'
  fi
fi
if [ "$wrong" -eq 0 ] && [ "$stamps" -gt 0 ]; then ok "$stamps 件のタイムスタンプ"; fi
if [ "$pending" -gt 0 ]; then na "タイムスタンプ付与待ちの原本が $pending 件あります"; fi
if [ -z "$roots" ]; then
  na '時刻認証局の根証明書が指定されていません。このデータに入っている証明書の指紋 (SHA-256):'
  for pem in data/certificates/*.pem; do
    [ -f "$pem" ] || continue
    openssl x509 -in "$pem" -noout -subject -fingerprint -sha256 2>/dev/null | sed 's/^/            /'
  done
fi

echo
if [ "$failures" -gt 0 ]; then
  echo "結果: 不合格 ($failures 件)"
  exit 1
elif [ "$doubts" -gt 0 ]; then
  echo '結果: 判定不能（データの中では整合しています。外部の信頼の起点と照らすまで真正とは言えません）'
  exit 3
fi
echo '結果: 合格'
exit 0
