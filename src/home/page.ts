import { HOME_ICON } from './icon.ts'

/** The page. It is the same for everybody: what is known of this gateway and its models is put in by the script, as text. */
export const HOME_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Adit</title>
<link rel="icon" href="home/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="home/style.css">
<script type="module" src="home/app.js"></script>
</head>
<body>
<header>
  <div class="brand">${HOME_ICON.trim().replace('<svg ', '<svg aria-hidden="true" width="40" height="40" ')}
    <div><h1>Adit</h1><p class="fine">OpenAI’s and Anthropic’s APIs, in front of Amazon Bedrock</p></div>
  </div>
  <p id="status" data-state="asking" role="status"><strong id="status-word">Up</strong> <span id="status-about"></span></p>
  <a class="fine" href="home/operator">Operator</a>
</header>
<noscript><p class="failure">Adit is up. This page needs JavaScript; the API does not.</p></noscript>
<ul id="reasons" class="failure" hidden></ul>
<main>
<section class="connect" aria-label="Connection">
  <div class="field">
    <span class="label" id="base-label">Base URL</span>
    <div class="row"><output id="base-url" aria-labelledby="base-label"></output><button type="button" id="copy-base" aria-describedby="base-label">Copy</button></div>
    <p class="fine">What an OpenAI client asks for as its base URL; Anthropic’s want it without <code>/v1</code>.</p>
  </div>
  <form id="key-form" class="field">
    <label class="label" for="key">API key</label>
    <div class="row"><input id="key" type="password" required autocomplete="off" spellcheck="false" aria-describedby="key-hint"><button class="main">Connect</button><button type="button" id="forget" hidden>Forget</button></div>
    <p class="fine" id="key-hint">Stays in this tab and goes nowhere but to this gateway.</p>
  </form>
</section>
<section class="models" aria-labelledby="models-title">
  <div class="head"><h2 id="models-title">Models</h2><span class="fine" id="models-count" role="status"></span></div>
  <input id="search" type="search" placeholder="Search by name, id, provider…" aria-label="Search models" spellcheck="false" hidden>
  <div id="models-note" class="note">Connect with a key to see the models it may use.</div>
  <div id="models-table" class="scroll" hidden>
    <table>
      <thead><tr><th scope="col">Model</th><th scope="col">Takes → gives</th></tr></thead>
      <tbody id="models-rows"></tbody>
    </table>
  </div>
</section>
<section class="chat" aria-labelledby="chat-title">
  <div class="head"><h2 id="chat-title">Chat</h2><code id="chat-model"></code>
    <div id="dialects" class="kinds" role="radiogroup" aria-label="API of the chat and the snippets">
      <label><input type="radio" name="dialect" value="chat" checked>OpenAI Chat</label>
      <label><input type="radio" name="dialect" value="responses">OpenAI Responses</label>
      <label><input type="radio" name="dialect" value="messages">Anthropic</label>
    </div>
    <button type="button" id="new-chat" class="quiet" hidden>New chat</button></div>
  <div class="log"><div id="turns"></div></div>
  <form id="chat-form">
    <textarea id="message" rows="2" placeholder="Ask something" aria-label="Message" aria-describedby="chat-hint"></textarea>
    <div class="row"><p class="fine" id="chat-hint"></p><button class="main" id="send">Send</button><button type="button" id="stop" hidden>Stop</button></div>
  </form>
</section>
<section class="wide" aria-labelledby="snippets-title">
  <div class="head"><h2 id="snippets-title">Use it from</h2>
    <div id="snippet-kinds" class="kinds" role="radiogroup" aria-labelledby="snippets-title">
      <label><input type="radio" name="snippet" value="curl" checked>curl</label>
      <label><input type="radio" name="snippet" value="python">Python</label>
      <label><input type="radio" name="snippet" value="node">Node</label>
      <label><input type="radio" name="snippet" value="nextchat">NextChat</label>
      <label><input type="radio" name="snippet" value="langchain">LangChain</label>
      <label><input type="radio" name="snippet" value="codex">Codex</label>
      <label><input type="radio" name="snippet" value="claude-code">Claude Code</label>
    </div>
    <button type="button" id="copy-snippet">Copy</button>
  </div>
  <pre tabindex="0" role="region" aria-labelledby="snippets-title"><code id="snippet"></code></pre>
</section>
</main>
<p id="announce" class="off-screen" aria-live="polite"></p>
</body>
</html>
`
