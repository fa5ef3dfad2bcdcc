/** The page of a graph. Its policy allows what comes with the extension, and nothing else. */

/** What the page is made of, as addresses that a webview can load. */
export interface PageParts {
  script: string;
  style: string;
  /** The origin of the webview's own resources. */
  source: string;
  /** Is new for each page. */
  nonce: string;
  title: string;
  language: string;
}

/** Writes the page. The worker that finds the layout is made from text that the script has. */
export function page({ script, style, source, nonce, title, language }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    "worker-src blob:",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${escape(language)}">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${escape(policy)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${escape(style)}" />
    <title>${escape(title)}</title>
  </head>
  <body>
    <header>
      <p id="summary" role="status"></p>
      <div id="tools" role="toolbar"></div>
    </header>
    <main id="canvas"></main>
    <script nonce="${nonce}" src="${escape(script)}"></script>
  </body>
</html>`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
