/** The page's style: stone and lamplight, by day and by night. */
export const HOME_STYLE = `:root {
  color-scheme: light dark;
  --ground: #f5f3ef; --face: #fffefb; --well: #f0ede7; --ink: #26211d; --soft: #6b635b; --line: #ddd7ce;
  --accent: #8f4a1c; --on-accent: #fff; --good: #2c7a4b; --late: #8a5a00; --bad: #a92b22; --bad-well: #fbeeec;
  --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #161412; --face: #1f1c19; --well: #282420; --ink: #ece6de; --soft: #a59b90; --line: #3a342e;
    --accent: #f0ab5c; --on-accent: #241708; --good: #6fcf97; --late: #e3b14f; --bad: #ff9a8f; --bad-well: #35201d;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0 auto; max-width: 84rem; padding: 0 clamp(.75rem, 3vw, 2.5rem) 3rem;
  background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  overflow-wrap: anywhere; -webkit-text-size-adjust: 100%;
}
h1, h2, p, ul, pre { margin: 0; }
h1 { font-size: 1.5rem; line-height: 1.2; letter-spacing: -.01em; }
h2 { font-size: 1.0625rem; line-height: 1.3; }
code, pre, output { font-family: var(--mono); font-size: .875em; }
pre code { font-size: .8125rem; }
.fine { color: var(--soft); font-size: .8125rem; }
.off-screen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }

header { display: flex; flex-wrap: wrap; gap: .75rem 2rem; align-items: center; justify-content: space-between; padding: 1.75rem 0 1.5rem; }
.brand { display: flex; gap: .875rem; align-items: center; }
#status { display: flex; flex-wrap: wrap; gap: 0 .625rem; align-items: baseline; font-size: .875rem; }
#status-about { color: var(--soft); }
#status::before { content: ""; width: .5625rem; height: .5625rem; border-radius: 50%; background: var(--soft); }
#status[data-state=ready]::before { background: var(--good); }
#status[data-state=waiting]::before { background: var(--late); }

main { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
section { background: var(--face); border: 1px solid var(--line); border-radius: .875rem; padding: 1.125rem clamp(.875rem, 2vw, 1.375rem) 1.25rem; min-width: 0; }
.head { display: flex; flex-wrap: wrap; gap: .375rem .75rem; align-items: baseline; margin-bottom: .875rem; }
.head > code { color: var(--soft); flex: 1; min-width: 0; }
.chat .head { flex-wrap: nowrap; }
.head > button { margin-left: auto; }
.connect { display: grid; gap: 1.25rem clamp(1.25rem, 4vw, 3rem); }
.field { display: grid; gap: .375rem; align-content: start; min-width: 0; }
.label { font-weight: 600; font-size: .875rem; }
.row { display: flex; gap: .5rem; align-items: center; min-width: 0; }
.row > :first-child { flex: 1; min-width: 0; }

input, textarea, button, output { font: inherit; color: inherit; border-radius: .5rem; }
#key, #search, textarea, output { width: 100%; padding: .5rem .75rem; border: 1px solid var(--line); background: var(--well); }
output, #key { font-family: var(--mono); font-size: .875rem; line-height: 1.5rem; }
textarea { display: block; resize: vertical; min-height: 4.25rem; max-height: 40vh; field-sizing: content; }
::placeholder { color: var(--soft); opacity: 1; }
button { padding: .5rem .875rem; line-height: 1.5rem; border: 1px solid var(--line); background: var(--face); font-size: .875rem; font-weight: 600; cursor: pointer; white-space: nowrap; }
button:hover { border-color: var(--accent); }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.main:hover { filter: brightness(1.08); }
button.quiet { border-color: transparent; padding: 0 .25rem; color: var(--accent); background: none; }
button:disabled { opacity: .5; cursor: default; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
input[type=radio] { accent-color: var(--accent); margin: 0; }

.note { color: var(--soft); }
.note:empty { display: none; }
.failure { padding: .75rem 1rem; border-left: 3px solid var(--bad); border-radius: .375rem; background: var(--bad-well); color: var(--ink); font-size: .9375rem; }
.failure-head { display: flex; flex-wrap: wrap; gap: .125rem .625rem; align-items: baseline; color: var(--bad); }
.failure > * + * { margin-top: .25rem; }
#reasons { margin-bottom: 1.25rem; padding-left: 2rem; border-color: var(--late); background: var(--well); }

#search { margin-bottom: .75rem; }
.scroll { max-height: 22rem; overflow: auto; border: 1px solid var(--line); border-radius: .5rem; scrollbar-width: thin; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th { position: sticky; top: 0; z-index: 1; background: var(--well); text-align: left; font-size: .75rem; font-weight: 600; color: var(--soft); padding: .4375rem .75rem; white-space: nowrap; }
td { padding: .5rem .75rem; border-top: 1px solid var(--line); vertical-align: top; }
tr { position: relative; }
tbody tr:has(input):hover { background: var(--well); }
tbody tr:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: -2px; }
td input:focus-visible { outline: none; }
tbody tr:has(:checked) { background: color-mix(in srgb, var(--accent) 11%, var(--face)); }
td label { display: flex; gap: .625rem; align-items: baseline; cursor: pointer; }
td label::after { content: ""; position: absolute; inset: 0; }
.model-words { display: grid; min-width: 0; line-height: 1.4; }
.model-name { font-weight: 600; }
.model-words code { font-size: .8125rem; color: var(--soft); }
.facts { color: var(--soft); font-size: .8125rem; line-height: 1.4; min-width: 8rem; }
.facts > * { display: block; }
.badge { color: var(--good); }
.late { color: var(--late); }

.chat { display: flex; flex-direction: column; }
/* Reversed, so that the newest line stays in view while it grows, unless the reader has scrolled away. */
.log { display: flex; flex-direction: column-reverse; flex: 1; min-height: 9rem; max-height: min(32rem, 70vh); overflow: auto; scrollbar-width: thin; }
#turns { display: grid; gap: 1.25rem; margin-bottom: auto; padding: 0 .25rem 1rem 0; }
#turns:empty::before { content: "Answers appear here, with their token count."; color: var(--soft); }
.turn { display: grid; gap: .75rem; min-width: 0; }
.text { white-space: pre-wrap; }
.question { justify-self: end; max-width: 85%; padding: .5rem .875rem; border-radius: .875rem .875rem .25rem .875rem; background: var(--well); }
.answer { display: grid; gap: .5rem; min-width: 0; }
.who { font: .75rem var(--mono); color: var(--soft); }
.reasoning { border-left: 2px solid var(--line); padding-left: .75rem; color: var(--soft); font-size: .875rem; }
.reasoning .text { max-height: 10rem; overflow: auto; margin-top: .25rem; scrollbar-width: thin; }
summary { cursor: pointer; width: fit-content; }
[aria-busy] > .text::after { content: ""; display: inline-block; width: .5em; height: 1em; margin-left: 2px; vertical-align: -.15em; border-radius: 1px; background: var(--accent); animation: glow 1.2s ease-in-out infinite; }
@keyframes glow { 50% { opacity: .15; } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; } }
#chat-form { display: grid; gap: .5rem; }

.kinds { display: flex; flex-wrap: wrap; gap: .25rem; }
.kinds label { position: relative; padding: .25rem .75rem; border-radius: 1rem; font-size: .875rem; color: var(--soft); cursor: pointer; }
.kinds label:hover { color: var(--ink); }
.kinds input { position: absolute; inset: 0; opacity: 0; cursor: pointer; }
.kinds label:has(:checked) { background: color-mix(in srgb, var(--accent) 14%, var(--face)); color: var(--ink); font-weight: 600; }
.kinds label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
pre { overflow: auto; padding: .875rem 1rem; border-radius: .5rem; background: var(--well); line-height: 1.5; tab-size: 4; scrollbar-width: thin; overflow-wrap: normal; }

@media (min-width: 60rem) {
  main { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .connect { grid-column: 1 / -1; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .wide { grid-column: 1 / -1; }
  .models { display: flex; flex-direction: column; }
  /* One height, so that the page keeps still while a search shortens the table; it grows with the chat beside it. */
  .scroll { flex: 1 1 34rem; min-height: 0; max-height: none; }
}
@media (max-width: 30rem) {
  header { padding: 1.125rem 0 1rem; }
  thead { position: absolute; clip-path: inset(50%); }
  tbody tr { display: flex; flex-wrap: wrap; gap: 0 .75rem; padding: .5rem .625rem; border-top: 1px solid var(--line); }
  td { padding: 0; border: 0; }
  td:first-child { flex: 1 0 100%; }
  td.facts { display: flex; gap: .75rem; padding-left: 1.5rem; }
  .chat .head { flex-wrap: wrap; }
  .head > code { order: 1; flex-basis: 100%; }
  input, textarea, #key, #search { font-size: 1rem; }
  #key-form .row { flex-wrap: wrap; }
  #key { flex: 1 0 100%; }
  #key-form button { flex: 1; }
  .wide .kinds { order: 1; flex-basis: 100%; }
  .kinds { gap: 0; }
  .kinds label { padding: .25rem .4375rem; font-size: .8125rem; }
}
`
