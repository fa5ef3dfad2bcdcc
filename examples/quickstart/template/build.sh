#!/bin/sh
# Builds the site: sh build.sh SOURCE PACKAGES OUTPUT TITLE
set -eu
source=$1
packages=$2
output=$3
export TITLE="$4"

rm -rf "$output"
mkdir -p "$output"
cp "$packages/theme/style.css" "$output/"
for page in "$source"/pages/*.md; do
  name=$(basename "$page" .md)
  export CONTENT="$output/$name.part"
  awk -f "$packages/markdown/markdown.awk" "$page" > "$CONTENT"
  awk -f "$packages/markdown/layout.awk" "$source/layout.html" > "$output/$name.html"
  rm "$CONTENT"
  echo "built $name.html"
done
