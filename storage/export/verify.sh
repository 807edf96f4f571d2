#!/bin/sh
# 書庫 (Shoko) が書き出した監査用データを、書庫を使わずに検証します。
# Verifies an audit bundle of Shoko without Shoko.
#
#   sh verify.sh [--roots 根証明書.pem] [--log-key-sha256 HEX] [--earlier-head 件数:HEX]
#                [--document 書類ID または 原本のパス] [--lang ja|en]
#
# 必要なもの: sh、openssl 3.0 以上、sha256sum、mktemp、POSIX の標準コマンド。ネットワークは使いません。
# 信頼の起点（時刻認証局の根証明書、ログ署名鍵の指紋）は、このデータの外から受け取ってください。
# 指定がなければ、データの中の整合だけを調べ、指紋を表示して「判定不能」とします。
# Trust anchors must come from outside of this bundle; without them the answer is "indeterminate".
#
# 終了コード / exit codes: 0 合格 passed、1 不合格 failed、2 使い方の誤り wrong use、3 判定不能 indeterminate
#
# 手順 / steps
#   1. ファイルの過不足と改変 (BagIt)
#   2. ログ先頭の署名と鍵
#   3. 記録: ログの各行、目録、内容のハッシュがつながっていること
#   4. 全行がログ先頭に含まれること (RFC 9162。木を一度だけ作り直す)
#   5. 以前のログ先頭からの連続性 (指定されたとき)
#   6. 書き出しの記録と、全ファイルの一覧
#   7. 原本が受領時の記録のとおりであること
#   8. タイムスタンプ (RFC 3161) が原本に対するものであること
# --document では、その書類に関わる行だけを、その行からログ先頭までの一本の道で調べます。
#
# What is read from the bundle is never run, and becomes part of a command only after its form was checked.
set -u
case ${LC_ALL:-${LANG:-}} in en*) language=en ;; *) language=ja ;; esac
LC_ALL=C
OPENSSL_CONF=/dev/null
export LC_ALL OPENSSL_CONF
unset CDPATH
IFS='
	 '
newline='
'

t() { if [ "$language" = en ]; then printf '%s' "$2"; else printf '%s' "$1"; fi; }
usage() {
  t '使い方: sh verify.sh [--roots 根証明書.pem] [--log-key-sha256 HEX] [--earlier-head 件数:HEX] [--document 書類ID] [--lang ja|en]' \
    'usage: sh verify.sh [--roots ROOTS.pem] [--log-key-sha256 HEX] [--earlier-head SIZE:HEX] [--document ID] [--lang ja|en]' >&2
  echo >&2
  exit 2
}
stop() { t "$1" "$2" >&2; echo >&2; exit 2; }

roots=
key_wanted=
earlier=
document=
while [ $# -gt 0 ]; do
  case $1 in
    --roots) [ $# -ge 2 ] || usage; roots=$2; shift 2 ;;
    --log-key-sha256) [ $# -ge 2 ] || usage; key_wanted=$(printf %s "$2" | tr -d ':' | tr 'A-F' 'a-f'); shift 2 ;;
    --earlier-head) [ $# -ge 2 ] || usage; earlier="$earlier $2"; shift 2 ;;
    --document) [ $# -ge 2 ] || usage; document=$2; [ -n "$document" ] || usage; shift 2 ;;
    --lang) [ $# -ge 2 ] || usage; language=$2; shift 2 ;;
    *) usage ;;
  esac
done
case $language in ja | en) ;; *) language=ja; usage ;; esac
case $key_wanted in *[!0-9a-f]*) usage ;; esac
[ -z "$key_wanted" ] || [ ${#key_wanted} -eq 64 ] || usage
for head in $earlier; do
  case $head in *[!0-9A-Fa-f:]* | :* | *:*:*) usage ;; *:*) ;; *) usage ;; esac
  case ${head%%:*} in '' | *[!0-9]*) usage ;; esac
  head=${head#*:}
  [ ${#head} -eq 64 ] || usage
done
for tool in openssl sha256sum awk cat cmp cp cut dirname find grep head mkdir mktemp mv od rm sed sort tail tr wc xargs; do
  command -v "$tool" >/dev/null 2>&1 || stop "コマンド $tool が見つかりません" "command $tool not found"
done
case $(openssl version 2>/dev/null) in
  'OpenSSL 0.'* | 'OpenSSL 1.'* | LibreSSL*) stop 'openssl 3.0 以上が必要です' 'openssl 3.0 or newer is needed' ;;
esac
if [ -n "$roots" ]; then
  [ -f "$roots" ] && [ -r "$roots" ] || stop "根証明書 $roots を読めません" "cannot read $roots"
  case $roots in /*) ;; *) roots=$PWD/$roots ;; esac
fi
cd -- "$(dirname -- "$0")" || exit 2
tmp=
if [ -z "${TMPDIR:-}" ] && [ -d /dev/shm ] && [ -w /dev/shm ]; then tmp=$(mktemp -d /dev/shm/verify.XXXXXX 2>/dev/null); fi
[ -n "$tmp" ] || tmp=$(mktemp -d) || exit 2
: >"$tmp/gone"
: >"$tmp/absent"
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP

failures=0
doubts=0
ok() { t '  合格      ' '  passed         '; t "$1" "$2"; echo; }
ng() { t '  不合格    ' '  FAILED         '; t "$1" "$2"; echo; failures=$((failures + 1)); }
na() { t '  判定不能  ' '  indeterminate  '; t "$1" "$2"; echo; doubts=$((doubts + 1)); }
title() { printf '%s. ' "$1"; t "$2" "$3"; echo; }
number_of() { printf %s "$(($(wc -l <"$1")))"; }
# What comes from the bundle is shown without control characters, so that no terminal takes it for an order.
clean() { tr -d '\001-\010\013-\037\177' | sed 's/'"$(printf '\302')"'['"$(printf '\200')-$(printf '\237')"']//g'; }
# Lines "code<TAB>subject": each is one failure; shows the first twenty.
ng_lines() {
  n=$(number_of "$1")
  [ "$n" -gt 0 ] || return 0
  head -n 20 "$1" | clean | awk -F '\t' -v language="$language" '
    BEGIN {
      split("extra|記録にないファイルがあります|not listed;altered|内容が変わっています|altered;missing|ファイルがありません|missing;" \
        "leafform|ログの行の形が正しくありません|malformed leaf;twice|ログの同じ番号が二度あります|leaf twice;" \
        "lines|記録の行がそろっていません|records do not run side by side;" \
        "manifest|ログにない、または改変された記録です|record not in the log, or altered;" \
        "gone|ログにある記録がありません|a record of the log is missing;payload|内容が記録と違います|payload differs;" \
        "nopayload|内容がありません|payload is missing;proof|ログに含まれる証明が成り立ちません|not proven to be in the log;" \
        "original|原本が受領時と違います|original differs from what was received;" \
        "count|原本がないか、複数あります|no original, or several;unknown|受領の記録にない原本です|no record of this original;" \
        "clash|受領の記録が食い違っています|records contradict each other;" \
        "token|タイムスタンプが検証できません|timestamp does not verify;" \
        "notoken|ログにあるタイムスタンプがありません|a timestamp of the log is missing;" \
        "record|証拠記録がタイムスタンプの一覧や原本と合いません|the evidence record does not fit the timestamps or the original;" \
        "late|前のタイムスタンプの有効期間が終わってから更新されています|renewed after the timestamp before had ended;" \
        "list|一覧の形が正しくありません|malformed list", all, ";")
      for (i in all) { split(all[i], part, "|"); word[part[1]] = language == "en" ? part[3] : part[2] } }
    { if (language == "en") printf "  FAILED         %s: %s\n", word[$1], $2
      else printf "  不合格    %s: %s\n", word[$1], $2 }'
  if [ "$n" -gt 20 ]; then t "  不合格    … ほか $((n - 20)) 件" "  FAILED         … and $((n - 20)) more"; echo; fi
  failures=$((failures + n))
}
sum() { sha256sum <"$1" | cut -c1-64; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
is_hash() { case $1 in *[!0-9a-f]*) return 1 ;; esac; [ ${#1} -eq 64 ]; }

# A folder of small files is hashed and removed: "name hash" lines, the name being a number. $1: another hash than SHA-256.
hash_folder() {
  case ${1:-sha256} in
    sha256) find "$tmp/h" -type f -exec sha256sum {} + ;;
    *) find "$tmp/h" -type f -exec openssl dgst "-$1" -r {} + ;;
  esac | awk '{ name = $0; sub(/.*\//, "", name); print name, $1 }'
  rm -rf "$tmp/h"
}
# stdin: "number hex hex" -> "number hash" of both put together; $1: what stands before them, $2: the hash.
# Both have been checked to be hexadecimal, so that what is written here to be run holds digits only.
hash_pairs() {
  cat >"$tmp/given"
  if [ -n "$(sed -n 17p "$tmp/given")" ]; then hash_many_pairs "$1" "${2:-sha256}" <"$tmp/given"; else hash_few_pairs "$1" "${2:-sha256}" <"$tmp/given"; fi
}
# $1: hexadecimal -> adds it to $bytes as printf takes it. No program is started for that.
octal() {
  left=$1
  while [ -n "$left" ]; do
    byte=$((0x${left%"${left#??}"}))
    left=${left#??}
    bytes="$bytes\\$((byte / 64))$((byte / 8 % 8))$((byte % 8))"
  done
}
# Hash ($1) of $bytes -> $hashed.
hash_bytes() {
  printf "$bytes" >"$tmp/bytes"
  case $1 in
    sha256) hashed=$(sha256sum <"$tmp/bytes") ;;
    *) hashed=$(openssl dgst "-$1" -r <"$tmp/bytes") ;;
  esac
  hashed=${hashed%% *}
}
# What stands before, two hashes (both checked to be hexadecimal), the hash to take -> $hashed.
hash_pair() {
  bytes=
  octal "$1$2$3"
  hash_bytes "$4"
}
hash_few_pairs() {
  while read -r number one two; do
    case $number$one$two in '' | *[!0-9a-f]*) continue ;; esac
    hash_pair "$1" "$one" "$two" "$2"
    printf '%s %s\n' "$number" "$hashed"
  done
}
hash_many_pairs() {
  rm -rf "$tmp/s"
  mkdir "$tmp/s"
  awk -v out="$tmp/s/" -v before="$1" '
    BEGIN { digits = "0123456789abcdef"
      for (i = 0; i < 256; i++) octal[substr(digits, int(i / 16) + 1, 1) substr(digits, i % 16 + 1, 1)] = sprintf("\\%03o", i)
      first = before == "" ? "" : octal[before] }
    !/^[0-9]+ [0-9a-f]+ [0-9a-f]+$/ { next }
    { if (n++ % 20000 == 0) { if (file) close(file); file = out sprintf("%09d", n) }
      text = $2 $3; bytes = first; size = length(text)
      for (i = 1; i < size; i += 2) bytes = bytes octal[substr(text, i, 2)]
      print "printf \047" bytes "\047 >" $1 > file }'
  for script in "$tmp/s"/*; do
    [ -f "$script" ] || continue
    mkdir "$tmp/h"
    (cd "$tmp/h" && . "$script")
    hash_folder "${2:-sha256}"
  done
}
# stdin: leaves, one to a line -> "line-number hash" of 0x00 || line, for lines whose characters are only those of leaves.
hash_leaves() {
  rm -rf "$tmp/s"
  mkdir "$tmp/s"
  awk -v out="$tmp/s/" '
    /[^-A-Za-z0-9_.:+",{}]/ { next }
    { if (n++ % 20000 == 0) { if (file) close(file); file = out sprintf("%06d", n) }
      print "printf \047\\000%s\047 \047" $0 "\047 >" NR > file }'
  for script in "$tmp/s"/*; do
    [ -f "$script" ] || continue
    mkdir "$tmp/h"
    (cd "$tmp/h" && . "$script")
    hash_folder
  done
}
# stdin: any lines -> "line-number hash" of each line that is not empty.
hash_lines() {
  mkdir "$tmp/h"
  awk -v out="$tmp/h/" 'BEGIN { ORS = "" } length($0) { file = out NR; print $0 > file; close(file) }'
  hash_folder
}
# Leaves (file), their hashes ("line hash") -> "line sequence kind subject manifest-digest|- hash"; malformed lines to $3.
read_leaves() {
  awk -v bad="$3" -v part="$4" '
    FILENAME == ARGV[1] { hash[$1] = $2; next }
    { sequence = ""; digest = "-"
      form = "^\\{\"client_id\":\"[-a-z0-9]+\",\"kind\":\"[-a-z0-9_]+\",\"manifest_digest\":(null|\\{\"algorithm\":\"sha256\",\"value\":\"[0-9a-f]+\"\\})," \
        "\"recorded_at\":\"[-0-9T:.Z+]+\",\"sequence\":(0|[1-9][0-9]*),\"subject_id\":\"[-A-Za-z0-9_.:]+\"\\}$"
      if (!(FNR in hash) || $0 !~ form) { print "leafform\t" part ":" FNR > bad; next }
      match($0, /"kind":"[^"]*"/); kind = substr($0, RSTART + 8, RLENGTH - 9)
      if (match($0, /"value":"[0-9a-f]+"/)) digest = substr($0, RSTART + 9, RLENGTH - 10)
      match($0, /"sequence":[0-9]+/); sequence = substr($0, RSTART + 11, RLENGTH - 11)
      match($0, /"subject_id":"[^"]*"/); subject = substr($0, RSTART + 14, RLENGTH - 15)
      if ((digest != "-" && length(digest) != 64) || length(sequence) > 15) { print "leafform\t" part ":" FNR > bad; next }
      print FNR, sequence, kind, subject, digest, hash[FNR] }' "$1" "$2"
}
# Facts of leaves ($1), hashes of manifests ($2) and payloads ($3), manifests ($4): wrong ones to $5.
# stdout: "unit hash" of every original that a sound manifest brings.
check_acts() {
  awk -v bad="$5" -v f1="$1" -v f2="$2" -v f3="$3" -v gone="$tmp/gone.new" -v absent="$tmp/absent.new" '
    BEGIN {
      printf "" > gone; printf "" > absent
      while ((getline line < f1) > 0) { split(line, p, " "); kind[p[1]] = p[3]; subject[p[1]] = p[4]; digest[p[1]] = p[5] }
      while ((getline line < f2) > 0) { split(line, p, " "); have[p[1]] = p[2] }
      while ((getline line < f3) > 0) { split(line, p, " "); load[p[1]] = p[2] }
    }
    !(FNR in kind) { next }
    { name = subject[FNR] " (" kind[FNR] ")"
      if (digest[FNR] == "-") { if ((FNR in have) || (FNR in load)) print "manifest\t" name > bad; next }
      if (!(FNR in have)) { print "gone\t" name > bad; next }
      if (have[FNR] != digest[FNR]) { print "manifest\t" name > bad; next }
      wanted = ""
      if (match($0, /"payload":"sha256:[0-9a-f]+"/)) wanted = substr($0, RSTART + 18, RLENGTH - 19)
      if (kind[FNR] == "destroyed" && match($0, /"gone":\["[^]]*"\]/)) {
        list = substr($0, RSTART + 9, RLENGTH - 11); n = split(list, code, /","/)
        for (i = 1; i <= n; i++) print code[i] > gone }
      if (wanted != "" && !(FNR in load)) {
        k = kind[FNR]; c = "act"; field = "number"
        if (k == "dropped") c = "drop"
        else if (k == "filed" || k == "revised" || k == "approved" || k == "tombstoned") { c = "revision"; field = "revision" }
        else if (k == "read" || k == "unreadable" || k == "refused") c = "outcome"
        else if (k == "lesson" || k == "counterparties") c = k
        no = 1
        if (c != "drop" && match($0, "\"" field "\":[0-9]+")) no = substr($0, RSTART + length(field) + 3, RLENGTH - length(field) - 3)
        print c "/" subject[FNR] "/" no "\t" name > absent }
      else if ((FNR in load) && load[FNR] != wanted) print "payload\t" name > bad
      if ((kind[FNR] == "dropped" || kind[FNR] == "extracted") && \
          match($0, /"blob":\{"bucket":"vault","digest":\{"algorithm":"sha256","value":"[0-9a-f]+"/)) {
        value = substr($0, RSTART + RLENGTH - 65, 64)
        if (match($0, /"unit_id":"[-A-Za-z0-9_]+"/)) print substr($0, RSTART + 11, RLENGTH - 12), value } }' "$4"
  cat "$tmp/gone.new" >>"$tmp/gone"
  cat "$tmp/absent.new" >>"$tmp/absent"
}
# Payloads that are not there: fine only where an approved destruction in the log names them.
check_absent() {
  awk -F '\t' 'FILENAME == ARGV[1] { gone[$0] = 1; next } !($1 in gone) { print "nopayload\t" $2 }' "$tmp/gone" "$tmp/absent"
}
# "unit hash" lines of originals without those that a destruction names.
still_there() {
  awk 'FILENAME == ARGV[1] { split($0, p, "/"); if (p[1] == "blob") gone[p[2]] = 1; next } !($2 in gone)' "$tmp/gone" "$1"
}

# ---------------------------------------------------------------------------------------------------------------------
check_head() {
  title 2 'ログ先頭の署名と鍵' 'signed head of the log'
  body=data/log/head-body.json
  size=$(sed -n 's/.*"tree_size":\([1-9][0-9]*\)}$/\1/p' "$body" 2>/dev/null)
  root=$(sed -n 's/.*"root":{"algorithm":"sha256","value":"\([0-9a-f]*\)"}.*/\1/p' "$body" 2>/dev/null)
  public=$(sed -n 's/.*"public_key":"\([0-9a-f]*\)".*/\1/p' "$body" 2>/dev/null)
  head_ok=no
  case $size in '' | *[!0-9]* | ????????????????*) size= ;; esac
  if [ -z "$size" ] || ! is_hash "$root" || ! is_hash "$public"; then
    ng 'ログ先頭 (data/log/head-body.json) を読めません' 'cannot read data/log/head-body.json'
  elif ! openssl pkeyutl -verify -pubin -inkey data/log/key.pem -rawin -in "$body" -sigfile data/log/head.sig >/dev/null 2>&1; then
    ng 'ログ先頭の署名が正しくありません' 'the signature of the head is wrong'
  elif [ "$(openssl pkey -pubin -in data/log/key.pem -outform DER 2>/dev/null | hex)" != "302a300506032b6570032100$public" ]; then
    ng 'ログ先頭が名指す鍵と key.pem が違います' 'key.pem is not the key that the head names'
  elif [ "$(sed 's/"signature":"[0-9a-f]*",//' data/log/head.json | hex)" != "$(hex <"$body")" ]; then
    ng 'head.json と head-body.json が食い違っています' 'head.json and head-body.json differ'
  else
    ok "署名 (件数 $size)" "signature (size $size)"
    head_ok=yes
  fi
  fingerprint=$(openssl pkey -pubin -in data/log/key.pem -outform DER 2>/dev/null | sha256sum | cut -c1-64)
  if [ -z "$key_wanted" ]; then
    na "ログ署名鍵の指紋が指定されていません。このデータの鍵: $fingerprint" "no fingerprint of the log key was given. The key here: $fingerprint"
  elif [ "$key_wanted" = "$fingerprint" ]; then
    ok 'ログ署名鍵が控えと一致' 'the log key is the one given'
  else
    ng "ログ署名鍵が控えと違います。このデータの鍵: $fingerprint" "the log key is not the one given. The key here: $fingerprint"
  fi
}

# $tmp/state: "sequence hash" ascending. Rebuilds the tree; lines "proof<TAB>leaf-N" to $tmp/wrong where it fails.
check_tree() {
  : >"$tmp/wrong"
  cut -d' ' -f1 "$tmp/state" >"$tmp/asked"
  awk -v size="$size" '$1 >= size { print "proof\tleaf-" $1 }' "$tmp/state" >"$tmp/wrong"
  count=$size
  level=0
  while [ "$count" -gt 1 ] && [ "$level" -lt 64 ] && [ ! -s "$tmp/wrong" ]; do
    nodes=$(printf 'data/log/tree/%02d.txt' "$level")
    if [ -f "$nodes" ] && [ ! -h "$nodes" ]; then
      cp "$nodes" "$tmp/listed"
    else
      : >"$tmp/listed"
    fi
    if grep -q -v -x '[0-9]\{1,15\} [0-9a-f]\{64\}' "$tmp/listed"; then
      printf 'list\t%s\n' "$nodes" >>"$tmp/wrong"
      break
    fi
    { sed 's/$/ c/' "$tmp/state"; sed 's/$/ l/' "$tmp/listed"; } | sort -n -k1,1 -k3,3 >"$tmp/both"
    awk -v count="$count" -v pairs="$tmp/pairs" -v ups="$tmp/ups" -v bad="$tmp/wrong" -v level="$level" '
      function settle() {
        if (left != "" && right == "" && at == count - 1 && at % 2 == 0) { if (mine) print int(at / 2), left > ups }
        else if (mine && left != "" && right != "") print int(at / 2), left, right > pairs
        else if (mine) print "proof\t" level "/" at > bad
        left = right = ""; mine = 0 }
      BEGIN { printf "" > pairs; printf "" > ups; last = seen = -1 }
      { if ($1 == seen) { if ($2 != value) print "proof\t" level "/" $1 > bad; if ($3 == "c") mine = 1; next }
        seen = $1; value = $2
        if (last >= 0 && int($1 / 2) != int(last / 2)) settle()
        if ($1 % 2) right = $2; else left = $2
        if ($3 == "c") mine = 1
        at = $1; last = $1 }
      END { if (last >= 0) settle() }' "$tmp/both"
    { cat "$tmp/ups"; hash_pairs 01 <"$tmp/pairs"; } | sort -n >"$tmp/state"
    count=$(((count + 1) / 2))
    level=$((level + 1))
  done
  if [ ! -s "$tmp/wrong" ] && [ "$(cat "$tmp/state")" != "0 $root" ]; then
    printf 'proof\t%s\n' "$(sed -n 1p "$tmp/asked") … $(sed -n '$p' "$tmp/asked")" >"$tmp/wrong"
  fi
}

# The same for the few leaves of one document: of each level only the neighbours on the way up are looked for.
check_path() {
  : >"$tmp/wrong"
  known=
  asked=
  while read -r index hash; do
    asked="${asked:-$index} … $index"
    if [ "$index" -ge "$size" ]; then printf 'proof\tleaf-%s\n' "$index" >>"$tmp/wrong"; fi
    known="$known$index $hash$newline"
  done <"$tmp/state"
  asked="${asked%% *} … ${asked##* }"
  count=$size
  level=0
  while [ "$count" -gt 1 ] && [ "$level" -lt 64 ] && [ ! -s "$tmp/wrong" ]; do
    case $level in ?) nodes=data/log/tree/0$level.txt ;; *) nodes=data/log/tree/$level.txt ;; esac
    printf %s "$known" >"$tmp/known"
    while read -r index hash; do
      other=$((index ^ 1))
      [ "$other" -ge "$count" ] || printf '^%s \n' "$other"
    done <"$tmp/known" >"$tmp/patterns"
    listed=$newline
    if [ -s "$tmp/patterns" ] && [ -f "$nodes" ] && [ ! -h "$nodes" ]; then listed=$newline$(grep -f "$tmp/patterns" "$nodes")$newline; fi
    above=
    done_with=
    while read -r index hash; do
      # Where a node is listed that is known already, both must be the same.
      case $listed in *"$newline$index $hash$newline"*) ;; *"$newline$index "*) printf 'proof\t%s/%s\n' "$level" "$index" >>"$tmp/wrong" ;; esac
      [ "$index" != "$done_with" ] || continue
      other=$((index ^ 1))
      half=$((index / 2))
      if [ "$other" -ge "$count" ]; then
        above="$above$half $hash$newline"
        continue
      fi
      theirs=
      case $newline$known in
        *"$newline$other "*) theirs=${known#*"$newline$other "} && done_with=$other ;;
        *) case $listed in *"$newline$other "*) theirs=${listed#*"$newline$other "} ;; esac ;;
      esac
      theirs=${theirs%%"$newline"*}
      if ! is_hash "$theirs"; then
        printf 'proof\t%s/%s\n' "$level" "$index" >>"$tmp/wrong"
        continue
      fi
      if [ "$other" -gt "$index" ]; then hash_pair 01 "$hash" "$theirs" sha256; else hash_pair 01 "$theirs" "$hash" sha256; fi
      above="$above$half $hashed$newline"
    done <"$tmp/known"
    known=$above
    count=$(((count + 1) / 2))
    level=$((level + 1))
  done
  if [ ! -s "$tmp/wrong" ] && [ "$known" != "0 $root$newline" ]; then
    printf 'proof\t%s\n' "$asked" >"$tmp/wrong"
  fi
}

check_earlier() {
  for head in $earlier; do
    title 5 '以前のログ先頭からの連続性' 'consistency with an earlier head'
    first=${head%%:*}
    first_root=$(printf %s "${head#*:}" | tr 'A-F' 'a-f')
    if [ "$head_ok" != yes ] || [ "$first" -gt "$size" ]; then
      ng "ログが以前 (件数 $first) より短くなっています" "the log is shorter than it was (size $first)"
      continue
    fi
    if [ "$first" -eq "$size" ]; then
      if [ "$first_root" = "$root" ]; then ok "件数 $first" "size $first"; else ng "件数 $first のログが以前と違います" "the log of size $first is another one"; fi
      continue
    fi
    proof=$(awk -v first="$first" '$1 == first { for (i = 3; i <= NF; i++) print $i; exit }' data/log/consistency.txt 2>/dev/null)
    if [ -z "$proof" ]; then
      na "件数 $first の証明が入っていません" "there is no proof for size $first"
      continue
    fi
    fn=$((first - 1))
    sn=$((size - 1))
    while [ $((fn % 2)) -eq 1 ]; do fn=$((fn / 2)); sn=$((sn / 2)); done
    power=1
    while [ "$power" -lt "$first" ]; do power=$((power * 2)); done
    if [ "$power" -eq "$first" ]; then proof="$first_root $proof"; fi
    old=
    broken=no
    for p in $proof; do
      is_hash "$p" || { broken=yes; break; }
      if [ -z "$old" ]; then old=$p; new=$p; continue; fi
      if [ "$sn" -eq 0 ]; then broken=yes; break; fi
      if [ $((fn % 2)) -eq 1 ] || [ "$fn" -eq "$sn" ]; then
        printf '1 %s %s\n2 %s %s\n' "$p" "$old" "$p" "$new" | hash_pairs 01 | sort -n >"$tmp/step"
        old=$(awk '$1 == 1 { print $2 }' "$tmp/step")
        while [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne 0 ]; do fn=$((fn / 2)); sn=$((sn / 2)); done
      else
        printf '2 %s %s\n' "$new" "$p" | hash_pairs 01 >"$tmp/step"
      fi
      new=$(awk '$1 == 2 { print $2 }' "$tmp/step")
      fn=$((fn / 2))
      sn=$((sn / 2))
    done
    if [ "$broken" = no ] && [ "$sn" -eq 0 ] && [ "$old" = "$first_root" ] && [ "$new" = "$root" ]; then
      ok "件数 $first" "size $first"
    else
      ng "件数 $first のログが以前と違います" "the log of size $first is another one"
    fi
  done
}

gather_certificates() {
  : >"$tmp/certificates.pem"
  for pem in data/certificates/*.pem data/log/head-chain.pem; do
    [ ! -f "$pem" ] || [ -h "$pem" ] || cat "$pem" >>"$tmp/certificates.pem"
  done
  anchors=${roots:-$tmp/certificates.pem}
  gather_revocation
}
# Seconds since 1970 of lines like "Nov 20 03:00:00 2026 GMT"; what stands behind the year is kept.
epoch() {
  awk '{ m = (index("JanFebMarAprMayJunJulAugSepOctNovDec", $1) + 2) / 3; split($3, t, ":"); y = $4
      if (m < 3) { y--; m += 12 }
      days = 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * m - 457) / 5) + $2 - 719469
      printf "%d %s\n", days * 86400 + t[1] * 3600 + t[2] * 60 + int(t[3]), $6 }'
}
# Revocation lists whose issuer is here or was given. What they name of the certificates here goes to $tmp/revoked:
# the list's own file and time, since when, and 1 where tokens from before stay valid (RFC 3161 section 4).
gather_revocation() {
  : >"$tmp/revoked"
  lists=0
  cat "$anchors" "$tmp/certificates.pem" >"$tmp/issuers.pem"
  for list in data/revocation/*.crl; do
    if [ ! -f "$list" ] || [ -h "$list" ]; then continue; fi
    openssl crl -inform DER -in "$list" -CAfile "$tmp/issuers.pem" -noout 2>&1 | grep -q '^verify OK' || continue
    lists=$((lists + 1))
    issuer=$(openssl crl -inform DER -in "$list" -noout -issuer -nameopt RFC2253 2>/dev/null)
    asof=$(openssl crl -inform DER -in "$list" -noout -lastupdate 2>/dev/null | sed 's/^lastUpdate=//' | epoch)
    openssl crl -inform DER -in "$list" -noout -text 2>/dev/null >"$tmp/list"
    for pem in data/certificates/*.pem; do
      if [ ! -f "$pem" ] || [ -h "$pem" ]; then continue; fi
      [ "$(openssl x509 -in "$pem" -noout -issuer -nameopt RFC2253 2>/dev/null)" = "$issuer" ] || continue
      awk -v serial="$(openssl x509 -in "$pem" -noout -serial 2>/dev/null | sed 's/^serial=//')" '
        function say() { if (since != "") print since, stays; since = ""; stays = 0; code = 0 }
        $1 == "Serial" && $2 == "Number:" { say(); mine = $3 == serial; next }
        !mine { next }
        $1 == "Revocation" && $2 == "Date:" { since = $3 " " $4 " " $5 " " $6 " GMT" }
        code { code = 0; if ($0 ~ /Unspecified|Affiliation Changed|Superseded|Cessation Of Operation/) stays = 1 }
        /CRL Reason Code/ { code = 1 }
        $1 == "Signature" { say(); exit }
        END { say() }' "$tmp/list" | epoch | sed "s|^|$list ${asof:-0}|" >>"$tmp/revoked"
    done
  done
}
time_of_token() {
  at=$(openssl ts -reply -in "$1" -token_in -text 2>/dev/null | sed -n 's/^Time stamp: //p' | epoch)
  echo "${at%% *}"
}
# When the token that came over the token $1 was made: what happened to its authority later says nothing against it
# (RFC 4998 section 5.3). A renewal of the hash tree, which is over all before it, leaves the result open in any case.
renewed_at() {
  over=$(awk -v token="$1" '
    $3 !~ "^data/tokens/[0-9a-f]+/[0-9a-f]+\\.der$" { next }
    $2 == token || ($2 == "chain" && $1 == unit) { print $3; exit }
    $3 == token { unit = $1 }' "$tmp/lines" 2>/dev/null)
  [ -z "$over" ] || time_of_token "$over"
}
# Whether a list names the certificate that signed the token $1 (of the time $2) in a way that fails it.
is_revoked() {
  renewed=$(renewed_at "$1")
  cut -d' ' -f1,2 "$tmp/revoked" | sort -u | while read -r list asof; do
    work=$(mktemp "$tmp/crl-XXXXXX")
    { cat "$anchors" && openssl crl -inform DER -in "$list" 2>/dev/null; } >"$work"
    openssl ts -verify -digest "$3" -in "$1" -token_in -CAfile "$work" -untrusted "$tmp/certificates.pem" \
      -crl_check -attime "$asof" 2>&1 | grep -q 'certificate revoked' || continue
    awk -v list="$list" -v at="$2" -v renewed="$renewed" \
      '$1 == list && ($3 + 0 <= at + 0 || (!$4 && (renewed == "" || $3 + 0 <= renewed + 0)))' "$tmp/revoked"
  done | grep -q .
}
token_holds() {
  at=$(time_of_token "$1")
  openssl ts -verify -digest "$2" -in "$1" -token_in -CAfile "$anchors" -untrusted "$tmp/certificates.pem" \
    -attime "${at:-0}" >/dev/null 2>&1 || return 1
  [ ! -s "$tmp/revoked" ] || ! is_revoked "$1" "${at:-0}" "$2"
}
say_revocation() {
  [ "$lists" -gt 0 ] || return 0
  if [ -s "$tmp/revoked" ]; then
    printf '            '
    t '失効した時刻認証局の証明書があります（失効より前のタイムスタンプが有効かは、失効の理由によります）' \
      'a certificate of a timestamp authority was revoked (whether tokens from before hold depends on the reason)'
    echo
  else
    ok "失効情報 $lists 件: 失効した証明書はありません" "$lists revocation lists: no certificate was revoked"
  fi
}
# "token digest subject" lines of $1, on every core; failures to $2.
check_each_token() {
  cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
  case $cores in '' | *[!0-9]* | 0) cores=1 ;; esac
  core=0
  while [ "$core" -lt "$cores" ]; do
    awk -v cores="$cores" -v core="$core" 'NR % cores == core' "$1" | while read -r token digest subject; do
      token_holds "$token" "$digest" || printf 'token\t%s %s\n' "$subject" "$token"
    done >"$tmp/core-$core" &
    core=$((core + 1))
  done
  wait
  core=0
  while [ "$core" -lt "$cores" ]; do
    cat "$tmp/core-$core" >>"$2"
    core=$((core + 1))
  done
}
# The original of a unit, as the bundle lists it.
place_of() { awk -v unit="$1" '$1 == unit { sub(/^[^ ]* [^ ]* /, ""); print; exit }' "$tmp/units"; }
# Bytes of an evidence record ($1): from ($2), how many ($3).
piece() { tail -c "+$(($2 + 1))" "$1" | head -c "$3"; }
# An evidence record ($1), DER (RFC 4998 section 3): "chain NUMBER FROM SIZE", "token FROM SIZE original|chain|token",
# and "list CHAIN HASHES" of what leads to the first token of each chain.
read_record() {
  openssl asn1parse -inform DER -in "$1" 2>/dev/null | awk '
    function flush() { if (hashes != "") print "list", chain, substr(hashes, 2); hashes = "" }
    { split($0, p, ":"); from = p[1] + 0
      if (!match($0, /d=[0-9]+ +hl=[0-9]+ +l= *[0-9]+ (cons|prim): /)) exit 1
      head = substr($0, RSTART, RLENGTH); what = substr($0, RSTART + RLENGTH)
      gsub(/[^0-9]+/, " ", head); split(head, n, " "); depth = n[1]; size = n[2] + n[3]; cons = $0 ~ /cons: /
      if (depth <= 5) flush() }
    depth == 1 { tree = 0; inside = what ~ /^SEQUENCE/ && ++sequences == 2; next }
    !inside { next }
    depth == 2 { chain++; stamps = 0; tree = 0; print "chain", chain, from, size; next }
    depth == 3 { stamps++; tree = 0; next }
    depth == 4 && what ~ /^SEQUENCE/ { tree = 0; print "token", from, size, (stamps > 1 ? "token" : chain > 1 ? "chain" : "original"); next }
    depth == 4 { tree = what ~ /^cont \[ 2 \]/ && stamps == 1; next }
    depth == 6 && tree { if (what !~ /^OCTET STRING +\[HEX DUMP\]:[0-9A-F]+$/) exit 1
      sub(/.*:/, "", what); hashes = hashes " " tolower(what) }'
}
# Renewals of the hash tree ($tmp/chains): each is over the original, hashed anew, and over all that stands before it in
# the unit's evidence record (RFC 4998 sections 5.2 and 5.3), whose tokens must be those that the list names ($1: its
# lines). Adds what they are over to $tmp/ways; failures to $2.
take_chains() {
  cut -d' ' -f1 "$tmp/chains" | sort -u >"$tmp/again"
  awk 'FILENAME == ARGV[1] { mine[$1] = 1; next } ($1 in mine) { print $3 }' "$tmp/again" "$1" | sort -u | while read -r token; do
    if [ -f "$token" ] && [ ! -h "$token" ]; then printf '%s %s\n' "$token" "$(sum "$token")"; fi
  done >"$tmp/sums"
  : >"$tmp/pieces"
  while read -r unit; do
    record=data/evidence-records/${unit#"${unit%??}"}/$unit.ers
    original=$(place_of "$unit")
    if [ ! -f "$record" ] || [ -h "$record" ] || ! read_record "$record" >"$tmp/record"; then
      printf 'record\t%s\n' "$unit" >>"$2"
      continue
    fi
    awk '$1 == "token" { print $2, $3, $4 }' "$tmp/record" | while read -r from size kind; do
      printf '%s %s\n' "$kind" "$(piece "$record" "$from" "$size" | sha256sum | cut -c1-64)"
    done >"$tmp/said"
    awk -v unit="$unit" '
      FILENAME == ARGV[1] { hash[$1] = $2; next }
      $1 == unit { if ($2 == "original") n = 0
        kind = $2 == "original" || $2 == "chain" ? $2 : $2 == last ? "token" : "other"; last = $3; line[++n] = kind " " hash[$3] }
      END { for (i = 1; i <= n; i++) print line[i] }' "$tmp/sums" "$1" >"$tmp/wanted"
    if ! cmp -s "$tmp/said" "$tmp/wanted"; then
      printf 'record\t%s\n' "$unit" >>"$2"
      continue
    fi
    first=$(awk '$1 == "chain" { print $3; exit }' "$tmp/record")
    chain=1
    awk -v unit="$unit" '$1 == unit { print $2, $3 }' "$tmp/chains" | while read -r token algorithm; do
      end=$(awk -v chain="$chain" '$1 == "chain" && $2 == chain { print $3 + $4 }' "$tmp/record")
      chain=$((chain + 1))
      size=$((end - first))
      own=$(openssl dgst "-$algorithm" -r <"$original" 2>/dev/null | cut -d' ' -f1)
      before=$({ printf "$(der_head "$size")" && piece "$record" "$first" "$size"; } | openssl dgst "-$algorithm" -r | cut -d' ' -f1)
      printf '%s %s %s %s %s %s\n' "$unit" "$token" "$algorithm" "${own:--}" "$before" \
        "$(awk -v chain="$chain" '$1 == "list" && $2 == chain { sub(/^[^ ]* [^ ]* /, ""); gsub(" ", ","); printf "%s;", $0 }' "$tmp/record")"
    done >>"$tmp/pieces"
  done <"$tmp/again"
  for algorithm in sha256 sha384 sha512; do
    awk -v algorithm="$algorithm" '$3 == algorithm' "$tmp/pieces" >"$tmp/piece"
    awk '{ print NR, $4, $5 }' "$tmp/piece" | hash_pairs '' "$algorithm" >"$tmp/hashes"
    # The first list holds what the token is over; every list leaves one hash to join it with.
    awk -v bad="$2" '
      FILENAME == ARGV[1] { hash[$1] = $2; next }
      { own = hash[FNR]; way = ""; good = own != ""; n = split($6, list, ";")
        for (i = 1; i < n; i++) {
          m = split(list[i], one, ","); found = 0; rest = ""
          for (j = 1; j <= m; j++) if (i == 1 && one[j] == own) found = 1; else rest = rest "," one[j]
          if ((i == 1 && !found) || rest ~ /,.*,/ || (i > 1 && rest == "")) good = 0
          way = way rest }
        if (good) print own, way == "" ? "-" : substr(way, 2), $2, $3, $1
        else print "record\t" $1 > bad }' "$tmp/hashes" "$tmp/piece" >>"$tmp/ways"
  done
}
# Head of a DER SEQUENCE of $1 bytes, as printf takes it.
der_head() {
  awk -v size="$1" 'BEGIN { bytes = ""; n = 0
    for (rest = size; rest > 0; rest = int(rest / 256)) { bytes = sprintf("\\%03o", rest % 256) bytes; n++ }
    printf "\\060%s%s", size < 128 ? "" : sprintf("\\%03o", 128 + n), bytes }'
}
# Each token that came over another was made while that one's certificate still held (RFC 4998 section 5.3).
# $1: lines of tokens.txt; failures to $2.
check_renewals() {
  awk '$2 == "chain" || $2 ~ /^data\/tokens\// { before = $2 == "chain" ? last[$1] : $2; if (before != "" && !((before, $3) in seen)) { seen[before, $3] = 1; print before, $3 } }
    { last[$1] = $3 }' "$1" | grep -x 'data/tokens/[0-9a-f]*/[0-9a-f]*[.]der data/tokens/[0-9a-f]*/[0-9a-f]*[.]der' >"$tmp/renewals"
  while read -r before after; do
    rm -f "$tmp/signer.pem"
    openssl cms -verify -noverify -inform DER -in "$before" -certfile "$tmp/certificates.pem" -signer "$tmp/signer.pem" -out /dev/null 2>/dev/null
    end=$(openssl x509 -in "$tmp/signer.pem" -noout -enddate 2>/dev/null | sed 's/^notAfter=//' | epoch)
    from=$(time_of_token "$before")
    at=$(time_of_token "$after")
    if [ -z "${end%% *}" ] || [ -z "$at" ] || [ "$at" -lt "${from:-0}" ] || [ "$at" -gt "${end%% *}" ]; then printf 'late\t%s\n' "$after" >>"$2"; fi
  done <"$tmp/renewals"
}
# Whether one hash stands before another of the same length in binary order.
is_less() {
  one=$1
  two=$2
  while [ -n "$one" ]; do
    first=$((0x${one%"${one#????????}"}))
    second=$((0x${two%"${two#????????}"}))
    one=${one#????????}
    two=${two#????????}
    if [ "$first" -ne "$second" ]; then
      [ "$first" -lt "$second" ]
      return
    fi
  done
  return 1
}
# The few ways of one document ($tmp/ways), each by itself: "token hash unit" of what its token must be over.
walk_few() {
  while read -r hash path token algorithm unit; do
    while [ "$path" != - ]; do
      other=${path%%,*}
      case $path in *,*) path=${path#*,} ;; *) path=- ;; esac
      case $hash$other in *[!0-9a-f]*) hash=x ;; esac
      case ${#hash}:${#other} in 64:64 | 96:96 | 128:128) ;; *) hash=x && break ;; esac
      if is_less "$hash" "$other"; then hash_pair '' "$hash" "$other" "$algorithm"; else hash_pair '' "$other" "$hash" "$algorithm"; fi
      hash=$hashed
    done
    printf '%s %s %s\n' "$token" "$hash" "$unit"
  done <"$tmp/ways"
}
# Ways to tokens ($1: lines of tokens.txt) for the units whose original is sound ($tmp/digests); failures to $2.
# Leaves "unit" lines of what was looked at in $tmp/stamped, and the renewals of hash trees in $tmp/chains.
# All units of a batch are taken up its tree together: each node is hashed once (RFC 4998 section 4.3).
check_tokens() {
  : >"$2"
  : >"$tmp/chains"
  : >"$tmp/others"
  awk -v bad="$2" -v chains="$tmp/chains" -v others="$tmp/others" '
    FILENAME == ARGV[1] { want[$1] = $2; next }
    { token = "^data/tokens/[0-9a-f]+/[0-9a-f]+\\.der$"
      if (NF != 5 || $1 !~ /^[-A-Za-z0-9_]+$/ || $3 !~ token || ($2 != "original" && $2 != "chain" && $2 !~ token) || \
          $4 !~ /^sha(256|384|512)$/ || $5 !~ /^(-|[0-9a-f][0-9a-f,]*)$/) { print "list\ttokens.txt:" FNR > bad; next }
      if (!($1 in want)) { print "token\t" $1 > bad; next }
      if ($2 == "chain") { print $1, $3, $4 > chains; next }
      if ($2 == "original" && $4 == "sha256") print want[$1], $5, $3, $4, $1
      else print $2, $5, $3, $4, $1 > others }' "$tmp/digests" "$1" >"$tmp/ways"
  while read -r over path token algorithm unit; do
    if [ "$over" = original ]; then over=$(place_of "$unit"); fi
    digest=$(openssl dgst "-$algorithm" -r <"$over" 2>/dev/null | cut -d' ' -f1)
    printf '%s %s %s %s %s\n' "${digest:--}" "$path" "$token" "$algorithm" "$unit"
  done <"$tmp/others" >>"$tmp/ways"
  [ ! -s "$tmp/chains" ] || take_chains "$1" "$2"
  cut -d' ' -f5 "$tmp/ways" | sort -u >"$tmp/stamped"
  if [ -n "$document" ]; then
    walk_few >"$tmp/each"
    check_each_token "$tmp/each" "$2"
  else
    walk_all "$2"
  fi
  check_renewals "$1" "$2"
  sort -u -o "$2" "$2"
}
# All ways together, up the trees of their batches.
walk_all() {
  for algorithm in sha256 sha384 sha512; do
    awk -v algorithm="$algorithm" '$4 == algorithm' "$tmp/ways" >"$tmp/way"
    while awk '$2 != "-" { found = 1; exit } END { exit !found }' "$tmp/way"; do
      awk '$2 != "-" { next_one = $2; sub(/,.*/, "", next_one); if (($1 "") < (next_one "")) print $1, next_one; else print next_one, $1 }' \
        "$tmp/way" | sort -u | awk '{ print NR, $0 }' >"$tmp/pairs"
      hash_pairs '' "$algorithm" <"$tmp/pairs" >"$tmp/hashes"
      awk -v f1="$tmp/pairs" -v f2="$tmp/hashes" '
        BEGIN {
          while ((getline line < f2) > 0) { split(line, p, " "); hash[p[1]] = p[2] }
          while ((getline line < f1) > 0) { split(line, p, " "); of[p[2] " " p[3]] = hash[p[1]] } }
        $2 == "-" { print; next }
        { one = $2; sub(/,.*/, "", one); rest = $2
          if (!sub(/^[^,]*,/, "", rest)) rest = "-"
          pair = ($1 "") < (one "") ? $1 " " one : one " " $1
          print (of[pair] == "" ? "x" : of[pair]), rest, $3, $4, $5 }' "$tmp/way" >"$tmp/way.next"
      mv "$tmp/way.next" "$tmp/way" || exit 2
    done
    awk '!(($3 " " $1) in seen) { seen[$3 " " $1] = 1; print $3, $1, $5 }' "$tmp/way" >"$tmp/each"
    check_each_token "$tmp/each" "$1"
  done
}
show_roots() {
  [ -z "$roots" ] || return 0
  na '時刻認証局の根証明書が指定されていません。このデータに入っている証明書の指紋 (SHA-256):' \
    'no root certificates were given. Fingerprints (SHA-256) of the certificates here:'
  for pem in data/certificates/*.pem; do
    [ -f "$pem" ] || continue
    openssl x509 -in "$pem" -noout -subject -fingerprint -sha256 2>/dev/null | clean | sed 's/^/            /'
  done
}
# Units whose timestamps were looked at, or whose original was destroyed with approval.
settled() {
  { cat "$tmp/stamped"; awk 'FILENAME == ARGV[1] { here[$1] = 1; next } !($1 in here) { print $1 }' "$tmp/brought.sorted" "$tmp/brought.all"; } >"$tmp/settled"
}
say_pending() {
  pending=$(awk 'FILENAME == ARGV[1] { there[$1] = 1; next } !($1 in there)' "$tmp/stamped" "$tmp/digests" | wc -l | tr -d ' ')
  if [ "$pending" -gt 0 ]; then na "タイムスタンプ付与待ちの原本が $pending 件あります" "$pending originals wait for a timestamp"; fi
}
check_head_token() {
  [ -f data/log/head-token.der ] || return 0
  if token_holds data/log/head-token.der "$(sum data/log/head.json)"; then
    ok 'ログ先頭のタイムスタンプ' 'timestamp of the head'
  else
    ng 'ログ先頭のタイムスタンプが検証できません' 'the timestamp of the head does not verify'
  fi
}
finish() {
  echo
  if [ "$failures" -gt 0 ]; then
    awk 'BEGIN { for (i = 0; i < 4096; i++) print "room to write" }' 2>/dev/null >"$tmp/room" ||
      stop '作業用のフォルダーに空きがなく、検証を終えられません。空きのあるフォルダーを TMPDIR で指定してください' \
        'no room in the temporary folder, so nothing can be told; name one with room by TMPDIR'
    t "結果: 不合格 ($failures 件)" "result: FAILED ($failures)"
    echo
    exit 1
  elif [ "$doubts" -gt 0 ]; then
    if [ -n "$roots" ] && [ -n "$key_wanted" ]; then
      t "結果: 判定不能（調べられたものは整合しています。上の「判定不能」の $doubts 行が残っています）" \
        "result: indeterminate (what could be checked holds; $doubts line(s) above are open)"
    else
      t '結果: 判定不能（データの中では整合しています。外部の信頼の起点と照らすまで真正とは言えません）' \
        'result: indeterminate (consistent in itself; not proven until held against trust anchors from outside)'
    fi
    echo
    exit 3
  fi
  t '結果: 合格' 'result: passed'
  echo
  exit 0
}
# "path" lists of the bundle: unit, number, path. A path that leads out of the bundle counts as malformed.
read_lists() {
  awk '/^[-A-Za-z0-9_]+ [0-9]+ data\/originals\/.+$/ && !/\/\.\.?(\/|$)/ { print; next } { print "list\toriginals.txt:" FNR > bad }' \
    bad="$tmp/badlist" "$1" >"$2"
}

# ---------------------------------------------------------------------------------------------------------------------
if [ -n "$document" ]; then
  case $document in
    */*)
      document=${document#./}
      awk -v path="$document" '{ rest = $0; sub(/^[^ ]* [^ ]* /, "", rest); if (rest == path) print }' data/records/originals.txt >"$tmp/unit" 2>/dev/null
      subjects=$(awk 'NR == 1 { print $1 }' "$tmp/unit")
      ;;
    *) subjects=$document ;;
  esac
  case $subjects in '' | *[!-A-Za-z0-9_]*)
    title 1 '書類' 'document'
    ng 'その書類はこのデータにありません' 'the document is not in this bundle'
    finish ;;
  esac
  check_head
  gather_certificates
  title 3 '記録' 'records'
  : >"$tmp/badlist"
  : >"$tmp/wrong"
  : >"$tmp/found"
  : >"$tmp/brought"
  known=' '
  # Leaves that speak of these subjects, and of the units and drops that those lead to.
  while [ -n "$subjects" ]; do
    for one in $subjects; do
      known="$known$one "
      printf '"subject_id":"%s"}\n' "$one"
    done >"$tmp/patterns"
    for one in $subjects; do
      grep "^$one [0-9][0-9]* data/originals/" data/records/originals.txt
    done >"$tmp/raw" 2>/dev/null
    read_lists "$tmp/raw" "$tmp/lines"
    awk '{ print "\"sequence\":" $2 "," }' "$tmp/lines" >>"$tmp/patterns"
    cat "$tmp/lines" >>"$tmp/units"
    find data/records -name 'leaves-[0-9][0-9][0-9][0-9][0-9].jsonl' -type f -exec grep -n -F -f "$tmp/patterns" /dev/null {} + |
      sed -n 's/^data\/records\/leaves-\([0-9]*\)\.jsonl:\([0-9]*\):/\1 \2 /p' |
      awk 'FILENAME == ARGV[1] { seen[$0] = 1; next } !($0 in seen)' "$tmp/found" - >"$tmp/new"
    cat "$tmp/new" >>"$tmp/found"
    subjects=
    for part in $(cut -d' ' -f1 "$tmp/new" | sort -u); do
      awk -v part="$part" '$1 == part { print $2 }' "$tmp/new" | sort -n >"$tmp/numbers"
      for kind in manifests payloads; do
        awk -v numbers="$tmp/numbers" 'BEGIN { while ((getline n < numbers) > 0) { want[n] = 1; last = n } } FNR in want { print } FNR + 0 >= last + 0 { exit }' \
          "data/records/$kind-$part.jsonl" >"$tmp/$kind" 2>/dev/null
        [ "$(number_of "$tmp/$kind")" -eq "$(number_of "$tmp/numbers")" ] || printf 'lines\t%s-%s.jsonl\n' "$kind" "$part" >>"$tmp/wrong"
      done
      awk -v part="$part" '$1 == part { sub(/^[0-9]+ [0-9]+ /, ""); print }' "$tmp/new" >"$tmp/leaves"
      hash_leaves <"$tmp/leaves" >"$tmp/hashes"
      : >"$tmp/bad"
      read_leaves "$tmp/hashes" "$tmp/leaves" "$tmp/bad" "leaves-$part" >"$tmp/facts"
      hash_lines <"$tmp/manifests" >"$tmp/m"
      hash_lines <"$tmp/payloads" >"$tmp/p"
      : >"$tmp/bad2"
      check_acts "$tmp/facts" "$tmp/m" "$tmp/p" "$tmp/manifests" "$tmp/bad2" >>"$tmp/brought"
      cat "$tmp/bad" "$tmp/bad2" >>"$tmp/wrong"
      cat "$tmp/facts" >>"$tmp/all"
      more=$(grep -o '"\(of_\)\{0,1\}unit_id":"[-A-Za-z0-9_]*"' "$tmp/manifests" | sed 's/.*:"//; s/"$//' | sort -u)
      for one in $more; do
        case $known$subjects in *" $one "*) ;; *) subjects="$subjects$one " ;; esac
      done
    done
  done
  [ -f "$tmp/all" ] || : >"$tmp/all"
  [ -f "$tmp/units" ] || : >"$tmp/units"
  sort -u "$tmp/units" >"$tmp/units.sorted"
  if [ ! -s "$tmp/all" ] && [ ! -s "$tmp/wrong" ]; then
    ng 'その書類はこのデータにありません' 'the document is not in this bundle'
    finish
  fi
  cat "$tmp/badlist" >>"$tmp/wrong"
  check_absent >>"$tmp/wrong"
  if [ -s "$tmp/wrong" ]; then ng_lines "$tmp/wrong"; else ok "$(number_of "$tmp/all") 件の記録" "$(number_of "$tmp/all") records"; fi
  title 4 'ログ先頭までの道' 'path to the head'
  if [ "$head_ok" = yes ]; then
    awk '{ print $2, $6 }' "$tmp/all" | sort -n -u >"$tmp/state"
    if [ "$(number_of "$tmp/state")" -le 64 ]; then check_path; else check_tree; fi
    if [ -s "$tmp/wrong" ]; then ng_lines "$tmp/wrong"; else ok "$(number_of "$tmp/all") 行" "$(number_of "$tmp/all") leaves"; fi
  else
    ng 'ログ先頭がありません' 'there is no head'
  fi
  check_earlier
  title 7 '原本' 'originals'
  sort -u "$tmp/brought" >"$tmp/brought.all"
  still_there "$tmp/brought.all" >"$tmp/brought.sorted"
  : >"$tmp/wrong"
  : >"$tmp/digests"
  while read -r unit _ path; do
    if [ ! -f "$path" ] || [ -h "$path" ]; then
      printf 'count\t%s\n' "$unit" >>"$tmp/wrong"
      continue
    fi
    digest=$(sum "$path")
    if grep -q -x "$unit $digest" "$tmp/brought.sorted"; then
      printf '%s %s\n' "$unit" "$digest" >>"$tmp/digests"
      printf '            %s\n' "$path" | clean
    else
      printf 'original\t%s\n' "$unit" >>"$tmp/wrong"
    fi
  done <"$tmp/units.sorted"
  cut -d' ' -f1 "$tmp/units.sorted" >"$tmp/names"
  awk 'FILENAME == ARGV[1] { there[$1] = 1; next } !($1 in there) { print "count\t" $1 }' "$tmp/names" "$tmp/brought.sorted" >>"$tmp/wrong"
  if [ -s "$tmp/wrong" ] || [ ! -s "$tmp/digests" ]; then
    [ -s "$tmp/wrong" ] || printf 'count\t-\n' >"$tmp/wrong"
    ng_lines "$tmp/wrong"
  else
    ok "$(number_of "$tmp/digests") 件の原本" "$(number_of "$tmp/digests") originals"
  fi
  title 8 'タイムスタンプ' 'timestamps'
  cut -d' ' -f1 "$tmp/digests" | sed 's/.*/^& /' >"$tmp/patterns"
  { [ ! -s "$tmp/patterns" ] || grep -f "$tmp/patterns" data/records/tokens.txt; } >"$tmp/lines" 2>/dev/null
  cp "$tmp/units.sorted" "$tmp/units"
  check_tokens "$tmp/lines" "$tmp/wrong"
  settled
  awk 'FILENAME == ARGV[1] { there[$1] = 1; next } $3 == "stamped" && !($4 in there) { print "notoken\t" $4 }' "$tmp/settled" "$tmp/all" >>"$tmp/wrong"
  ng_lines "$tmp/wrong"
  [ -s "$tmp/wrong" ] || [ ! -s "$tmp/stamped" ] || ok "$(number_of "$tmp/stamped") 件の原本のタイムスタンプ" "timestamps of $(number_of "$tmp/stamped") originals"
  say_pending
  say_revocation
  show_roots
  finish
fi

# ---------------------------------------------------------------------------------------------------------------------
title 1 'ファイルの過不足と改変' 'files (BagIt)'
find . ! -type f ! -type d >"$tmp/special"
find . -name '*
*' >>"$tmp/special"
find . -name '*\\*' >>"$tmp/special"
if [ -s "$tmp/special" ]; then ng 'リンクや特殊なファイルが混ざっています' 'there are links, special files or unsafe names'; fi
find . -type f -exec sha256sum {} + | sed 's|^\([0-9a-f]*\)  \./|\1  |' | sort >"$tmp/have"
for list in manifest-sha256.txt tagmanifest-sha256.txt; do [ -f "$list" ] && [ ! -h "$list" ] && cat "$list"; done | sort >"$tmp/listed"
[ -s "$tmp/listed" ] || ng 'manifest-sha256.txt がありません' 'there is no manifest-sha256.txt'
compare() { # expected, actual, pattern of paths that need not be expected
  awk -v free="$3" '
    { digest = substr($0, 1, 64); path = substr($0, 67) }
    FILENAME == ARGV[1] { want[path] = digest; next }
    { have[path] = 1
      if (!(path in want)) { if (path !~ free) print "extra\t" path }
      else if (want[path] != digest) print "altered\t" path }
    END { for (path in want) if (!(path in have)) print "missing\t" path }' "$1" "$2" | sort
}
if [ -s "$tmp/listed" ]; then
  compare "$tmp/listed" "$tmp/have" '^tagmanifest-sha256[.]txt$' >"$tmp/wrong"
  if [ -s "$tmp/wrong" ]; then ng_lines "$tmp/wrong"; else ok "$(number_of "$tmp/listed") ファイル" "$(number_of "$tmp/listed") files"; fi
fi

check_head
gather_certificates

title 3 '記録: ログの行、目録、内容' 'records: leaves, manifests, payloads'
: >"$tmp/wrong"
: >"$tmp/all"
: >"$tmp/brought"
find data/records -name 'leaves-[0-9][0-9][0-9][0-9][0-9].jsonl' -type f 2>/dev/null | sort >"$tmp/parts"
while IFS= read -r leaves; do
  part=${leaves#data/records/leaves-}
  part=${part%.jsonl}
  manifests=data/records/manifests-$part.jsonl
  payloads=data/records/payloads-$part.jsonl
  n=$(number_of "$leaves")
  if [ ! -f "$manifests" ] || [ ! -f "$payloads" ] || [ "$(number_of "$manifests")" -ne "$n" ] || [ "$(number_of "$payloads")" -ne "$n" ] ||
    [ "$(cat "$leaves" "$manifests" "$payloads" | tr -cd '\000\r' | wc -c)" -ne 0 ]; then
    printf 'lines\t%s\n' "$part" >>"$tmp/wrong"
    continue
  fi
  hash_leaves <"$leaves" >"$tmp/hashes"
  : >"$tmp/bad"
  : >"$tmp/bad2"
  read_leaves "$tmp/hashes" "$leaves" "$tmp/bad" "leaves-$part" >"$tmp/facts"
  hash_lines <"$manifests" >"$tmp/m"
  hash_lines <"$payloads" >"$tmp/p"
  check_acts "$tmp/facts" "$tmp/m" "$tmp/p" "$manifests" "$tmp/bad2" >>"$tmp/brought"
  cat "$tmp/bad" "$tmp/bad2" >>"$tmp/wrong"
  cut -d' ' -f2- "$tmp/facts" >>"$tmp/all"
done <"$tmp/parts"
check_absent >>"$tmp/wrong"
# The act of exporting itself.
: >"$tmp/export"
if [ -f data/log/exported-leaf.json ] && [ -f data/log/exported.json ]; then
  { cat data/log/exported-leaf.json; echo; } >"$tmp/leaf"
  hash_leaves <"$tmp/leaf" >"$tmp/hashes"
  : >"$tmp/bad"
  read_leaves "$tmp/hashes" "$tmp/leaf" "$tmp/bad" exported-leaf.json | cut -d' ' -f2- >"$tmp/export"
  cat "$tmp/bad" >>"$tmp/wrong"
  cat "$tmp/export" >>"$tmp/all"
fi
sort -n -k1,1 "$tmp/all" | awk 'BEGIN { last = -1 } $1 == last { print "twice\tleaf-" $1 } { last = $1 }' >>"$tmp/wrong"
if [ -s "$tmp/wrong" ]; then ng_lines "$tmp/wrong"; else ok "$(number_of "$tmp/all") 件の記録" "$(number_of "$tmp/all") records"; fi

title 4 'ログへの包含' 'inclusion in the log'
if [ "$head_ok" = yes ] && [ -s "$tmp/all" ]; then
  awk '{ print $1, $5 }' "$tmp/all" | sort -n -u >"$tmp/state"
  check_tree
  if [ -s "$tmp/wrong" ]; then ng_lines "$tmp/wrong"; else ok "$(number_of "$tmp/all") 行" "$(number_of "$tmp/all") leaves"; fi
else
  ng 'ログの行または先頭がありません' 'there are no leaves, or there is no head'
fi

check_earlier

title 6 '書き出しの記録' 'act of exporting'
if [ ! -s "$tmp/export" ] || [ ! -f data/inventory.sha256 ]; then
  ng '書き出しの記録がありません' 'there is no record of the export'
elif ! awk -v digest="$(sum data/log/exported.json)" '$2 == "exported" && $4 == digest { good = 1 } END { exit !good }' "$tmp/export"; then
  ng '書き出しの記録がログにありません' 'the record of the export is not in the log'
elif ! grep -q "\"inventories\":\[[^]]*\"sha256:$(sum data/inventory.sha256)\"" data/log/exported.json; then
  ng '全ファイルの一覧 (data/inventory.sha256) が記録と違います' 'the list of all files (data/inventory.sha256) is not the recorded one'
else
  compare data/inventory.sha256 "$tmp/have" '^(bagit[.]txt|bag-info[.]txt|manifest-sha256[.]txt|tagmanifest-sha256[.]txt|data/inventory[.]sha256|data/log/(exported[.]json|exported-leaf[.]json|head[.]json|head-body[.]json|head[.]sig|head-token[.]der|head-chain[.]pem|key[.]pem|consistency[.]txt|tree/[0-9][0-9][.]txt))$' >"$tmp/wrong"
  if [ -s "$tmp/wrong" ]; then ng_lines "$tmp/wrong"; else ok "$(number_of data/inventory.sha256) ファイル" "$(number_of data/inventory.sha256) files"; fi
fi

title 7 '原本' 'originals'
: >"$tmp/badlist"
: >"$tmp/units"
if [ -f data/records/originals.txt ]; then read_lists data/records/originals.txt "$tmp/units"; else printf 'missing\tdata/records/originals.txt\n' >"$tmp/badlist"; fi
sort -u "$tmp/brought" >"$tmp/brought.all"
still_there "$tmp/brought.all" >"$tmp/brought.sorted"
# "unit digest path" of what is there under the unit's name
awk '
  FILENAME == ARGV[1] { have[substr($0, 67)] = substr($0, 1, 64); next }
  { unit = $1; path = $0; sub(/^[^ ]* [^ ]* /, "", path); if (path in have) print unit, have[path], path; else print unit, "-", path }' \
  "$tmp/have" "$tmp/units" >"$tmp/there"
awk -v good="$tmp/digests" '
  BEGIN { printf "" > good }
  FILENAME == ARGV[1] { if ($1 in want) twice[$1] = 1; want[$1] = $2; next }
  FILENAME == ARGV[2] { count[$1]++; path = $0; sub(/^[^ ]* [^ ]* /, "", path); named[path] = 1
    if (!($1 in want)) print "unknown\t" path
    else if ($2 == "-") missing[$1] = 1
    else if ($2 != want[$1]) print "original\t" $1
    else print $1, $2 > good
    next }
  { path = substr($0, 67); if (path ~ /^data\/originals\// && !(path in named)) print "unknown\t" path }
  END { for (unit in want) {
    if (unit in twice) print "clash\t" unit
    if (count[unit] != 1 || (unit in missing)) print "count\t" unit } }' "$tmp/brought.sorted" "$tmp/there" "$tmp/have" | sort >"$tmp/wrong"
cat "$tmp/badlist" >>"$tmp/wrong"
if [ -s "$tmp/wrong" ]; then ng_lines "$tmp/wrong"; else ok "$(number_of "$tmp/digests") 件の原本" "$(number_of "$tmp/digests") originals"; fi

title 8 'タイムスタンプ' 'timestamps'
if [ -f data/records/tokens.txt ] && [ ! -h data/records/tokens.txt ]; then cp data/records/tokens.txt "$tmp/lines"; else : >"$tmp/lines"; fi
check_tokens "$tmp/lines" "$tmp/wrong"
settled
awk 'FILENAME == ARGV[1] { there[$1] = 1; next } $2 == "stamped" && !($3 in there) { print "notoken\t" $3 }' "$tmp/settled" "$tmp/all" | sort -u >>"$tmp/wrong"
ng_lines "$tmp/wrong"
check_head_token
say_revocation
if [ ! -s "$tmp/wrong" ] && [ -s "$tmp/stamped" ]; then ok "$(number_of "$tmp/stamped") 件の原本のタイムスタンプ" "timestamps of $(number_of "$tmp/stamped") originals"; fi
say_pending
show_roots
finish
