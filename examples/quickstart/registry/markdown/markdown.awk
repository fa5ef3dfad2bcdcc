# Turns headings, lists and paragraphs into HTML.
function escape(text) {
  gsub(/&/, "\\&amp;", text)
  gsub(/</, "\\&lt;", text)
  gsub(/>/, "\\&gt;", text)
  return text
}
function open(tag) {
  if (tag == inside) return
  if (inside != "") print "</" inside ">"
  if (tag != "") print "<" tag ">"
  inside = tag
}
/^# /  { open(""); print "<h1>" escape(substr($0, 3)) "</h1>"; next }
/^- /  { open("ul"); print "<li>" escape(substr($0, 3)); next }
/^$/   { open(""); next }
       { if (inside == "") open("p"); print escape($0) }
END    { open("") }
