/** The operator's page. It is the same for everybody: what was done is put in by the script, for who has an admin key. */
export const OPERATOR_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Adit: operator</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="style.css">
<link rel="stylesheet" href="operator.css">
<script type="module" src="operator.js"></script>
</head>
<body>
<header><h1>Adit</h1><nav><a href="../">Use</a> <a href="operator" aria-current="page">Operator</a></nav></header>
<noscript><p class="failure">This page needs JavaScript; GET /admin/usage does not.</p></noscript>
<main>
<section class="wide" aria-labelledby="usage-title">
  <div class="head"><h2 id="usage-title">Usage</h2><span class="fine" id="usage-since"></span></div>
  <form id="admin-form" class="field">
    <label class="label" for="admin-key">Admin key</label>
    <div class="row"><input id="admin-key" type="password" autocomplete="off" spellcheck="false" aria-describedby="admin-hint"><button class="main">Show</button></div>
    <p class="fine" id="admin-hint">It is kept nowhere. Left empty, the API key of this browser tab is asked with.</p>
  </form>
  <div id="usage-note" class="note" role="status"></div>
</section>
<div id="usage" class="wide" hidden>
<section aria-label="The last hour"><div id="usage-charts"></div></section>
<section aria-labelledby="keys-title">
  <div class="head"><h2 id="keys-title">Keys and models</h2></div>
  <div class="scroll"><table>
    <thead><tr><th scope="col">Key</th><th scope="col">Model</th><th scope="col">Requests</th><th scope="col">Errors</th><th scope="col">Throttled</th><th scope="col">Tokens in</th><th scope="col">of these cached</th><th scope="col">Tokens out</th><th scope="col">Cost</th><th scope="col">Saved by cache</th><th scope="col">Prefixes that missed</th></tr></thead>
    <tbody id="usage-keys"></tbody>
  </table></div>
</section>
<section aria-labelledby="pools-title">
  <div class="head"><h2 id="pools-title">Pools</h2></div>
  <div id="usage-troubles"></div>
  <div class="scroll"><table>
    <thead><tr><th scope="col">Pool</th><th scope="col">Model</th><th scope="col">Requests</th><th scope="col">Quota</th><th scope="col">Last minute, tokens</th><th scope="col">Headroom</th><th scope="col">Waiting</th><th scope="col">Throttled</th><th scope="col">Last 429</th></tr></thead>
    <tbody id="usage-pools"></tbody>
  </table></div>
</section>
</div>
</main>
<p id="announce" class="off-screen" aria-live="polite"></p>
</body>
</html>
`

/** What it needs beside the first page's style. */
export const OPERATOR_STYLE = `nav a { color: var(--soft); padding: .25rem .75rem; }
nav a[aria-current] { color: var(--accent); font-weight: 600; }
#usage { display: grid; gap: 1.25rem; min-width: 0; }
/* Wide tables scroll in their frame: a number without the head of its column tells nothing. */
#usage th, #usage td { padding-inline: .5rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
@media (max-width: 30rem) {
  #usage thead { position: static; clip-path: none; }
  #usage tbody tr { display: table-row; }
  #usage td { padding: .5rem; border-top: 1px solid var(--line); }
}
#usage-charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); }
figure { margin: 0; }
.chart, .bar { display: block; width: 100%; fill: var(--accent); }
.chart { height: 4rem; background: var(--well); border-radius: .375rem; }
.bar { height: .5rem; min-width: 6rem; }
.whole { fill: var(--line); }
#admin-key { width: 100%; padding: .5rem .75rem; border: 1px solid var(--line); background: var(--well); }
`
