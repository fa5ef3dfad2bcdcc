# Puts the title and the content into a layout.
function filled(line, name, value,   place) {
  place = index(line, name)
  if (place == 0) return line
  return substr(line, 1, place - 1) value substr(line, place + length(name))
}
BEGIN {
  title = ENVIRON["TITLE"]
  gsub(/&/, "\\&amp;", title)
  gsub(/</, "\\&lt;", title)
}
$0 == "{{content}}" {
  while ((getline line < ENVIRON["CONTENT"]) > 0) print line
  next
}
{ print filled($0, "{{title}}", title) }
