/** A page without script or style, for a browser that cannot be let in or has nothing to show. */
function page(title: string, paragraphs: readonly string[]): string {
	const body = paragraphs.map((text) => `<p>${text}</p>`).join("\n");
	return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${title}</title></head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`;
}

export const REFUSED_PAGE = page("This link is used up", [
	"A link from the terminal lets one browser in, once. This one was used before, or belongs to an earlier start.",
	"Press Enter in the terminal where <code>dqo serve</code> runs. It prints a fresh link; open that one.",
	'If this browser was let in already, <a href="/">open DQO Studio</a>.',
]);

export const NOT_BUILT_PAGE = page("The page is not built yet", [
	"Run <code>npm run build:renderer</code> in the folder of DQO Studio, then load this page again.",
]);

export const NOT_FOUND_PAGE = page("Nothing here", [
	'There is no such page. <a href="/">Open DQO Studio</a>.',
]);
