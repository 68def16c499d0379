// Chromium opens one page over HTTP/3 and says what it did: node http3.mjs PROGRAM HOME KEYLOG SPKI URL
// Its own account of each request goes to standard output as JSON. The page is over when its title is "done".
import { spawn } from 'node:child_process';

const [program, home, keyLog, spki, url] = process.argv.slice(2);
const { hostname } = new URL(url);
const flags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-features=HttpsUpgrades,AsyncDns,UseDnsHttpsSvcb',
  '--enable-quic',
  `--origin-to-force-quic-on=${hostname}:443`,
  `--ignore-certificate-errors-spki-list=${spki}`,
  `--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE ${hostname}`,
  `--user-data-dir=${home}/profile`,
  '--remote-debugging-pipe',
  'about:blank',
];
const environment = { ...process.env, HOME: home, SSLKEYLOGFILE: keyLog };
const browser = spawn(program, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: environment });
const limit = setTimeout(() => browser.kill('SIGKILL'), 50_000);
const answers = new Map();
const requests = new Map();
let last = 0;
let text = '';

function told(method, p) {
  if (method === 'Network.requestWillBeSent') requests.set(p.requestId, { url: p.request.url, method: p.request.method });
  const request = requests.get(p?.requestId);
  if (request === undefined) return;
  if (method === 'Network.responseReceived') {
    const { status, protocol, timing: t } = p.response;
    const since = (from, to) => (from < 0 ? null : Math.round((to - from) * 1000) / 1000);
    Object.assign(request, { status, protocol, start: t.requestTime, connectMs: since(t.connectStart, t.connectEnd) });
    Object.assign(request, { waitMs: since(t.sendEnd, t.receiveHeadersStart), headMs: t.receiveHeadersStart });
  } else if (method === 'Network.loadingFinished') {
    request.encodedBytes = p.encodedDataLength;
    request.totalMs = Math.round((p.timestamp - request.start) * 1e6) / 1000;
  } else if (method === 'Network.loadingFailed') request.failed = p.errorText;
}

browser.stdio[4].on('data', (data) => {
  text += data;
  for (let end = text.indexOf('\0'); end >= 0; end = text.indexOf('\0')) {
    const message = JSON.parse(text.slice(0, end));
    text = text.slice(end + 1);
    if (message.id !== undefined) answers.get(message.id)?.(message.result ?? message);
    else told(message.method, message.params);
  }
});

function ask(method, params = {}, sessionId = undefined) {
  const id = ++last;
  browser.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  return new Promise((resolve) => answers.set(id, resolve));
}

const { targetInfos } = await ask('Target.getTargets');
const { targetId } = targetInfos.find((target) => target.type === 'page');
const { sessionId } = await ask('Target.attachToTarget', { targetId, flatten: true });
await ask('Network.enable', {}, sessionId);
await ask('Page.navigate', { url }, sessionId);
for (let title = ''; title !== 'done'; ) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  const { result } = await ask('Runtime.evaluate', { expression: 'document.title' }, sessionId);
  title = result?.value;
}
await new Promise((resolve) => setTimeout(resolve, 300));
ask('Browser.close');
await new Promise((resolve) => browser.once('exit', resolve));
clearTimeout(limit);
for (const request of requests.values()) delete request.start;
console.log(JSON.stringify([...requests.values()]));
