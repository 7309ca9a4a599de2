/** What a phone's browser shows after a link was opened. The words are ours: no user input comes into it. */
export function activationPage(title: string, text: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="/sim/icon.svg">
<link rel="stylesheet" href="/sim/page.css">
</head>
<body class="phone-answer">
<main>
<h1>${title}</h1>
<p>${text}</p>
<p><a href="/">Back to the simulated site</a></p>
</main>
</body>
</html>
`;
}
