#!/usr/bin/env node
// Chromium as a client, and its own account of what it did. usage: chromium.mjs FOLDER KEYLOG PAGES
// FOLDER: for its profile and its NetLog. PAGES: a file, JSON: [{"url": "https://…/", "steps": [[{"path": "/x", "method": "POST", "body": 5000,
// "headers": {…}, "cache": "no-cache"}, …], …]}]: each page is opened, then what stands in one list is fetched at once, list after list.
// Prints JSON: { connections, finished, priority }. `connections` is netlog.mjs's; `finished` is what DevTools say of each request that
// was answered: { url, method, status, protocol, headBytes, transferBytes, timing }; `priority` whether the process that talks to the
// network had real-time priority: then its clock readings follow the packets at once, even on a busy machine.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connections } from './netlog.mjs';

const [folder, keyLog, list] = process.argv.slice(2);
const pages = JSON.parse(readFileSync(list, 'utf8'));
const hosts = [...new Set(pages.map(({ url }) => new URL(url).hostname))];
const profile = join(folder, 'chromium');
const netLog = join(folder, 'netlog.json');
const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--ignore-certificate-errors', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-pipe',
  // It asks nobody else.
  `--host-resolver-rules=MAP * ~NOTFOUND, ${hosts.map((host) => `EXCLUDE ${host}`).join(', ')}`,
  `--user-data-dir=${profile}`, `--ssl-key-log-file=${keyLog}`, `--log-net-log=${netLog}`, '--net-log-capture-mode=Everything',
];
const browser = spawn('chromium', [...flags, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
const [, , words, orders, answers] = browser.stdio;
let complaint = '';
words.on('data', (piece) => (complaint = (complaint + piece).slice(-2000)));

/** DevTools' protocol by a pipe: JSON, each message ended by a NUL byte. */
const events = [];
const waiting = new Map();
let listener = () => {};
let unread = '';
answers.on('data', (piece) => {
  const parts = (unread + piece).split('\0');
  unread = parts.pop();
  for (const message of parts.map((text) => JSON.parse(text))) {
    if (message.id === undefined) events.push(message);
    else waiting.get(message.id)?.(message);
  }
  listener();
});
let last = 0;
function order(method, params = {}, sessionId = undefined) {
  const id = ++last;
  orders.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  return new Promise((resolve, reject) => {
    waiting.set(id, ({ result, error }) => (error === undefined ? resolve(result) : reject(new Error(`${method}: ${error.message}`))));
  });
}
function until(what) {
  return new Promise((resolve) => {
    listener = () => what() && resolve();
    listener();
  });
}

/** The process that does the networking. */
function networkProcess() {
  return readdirSync('/proc').find((pid) => {
    try {
      const command = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'latin1') : '';
      return command.includes('network.mojom.NetworkService') && command.includes(profile);
    } catch {
      return false;
    }
  });
}

const died = once(browser, 'close').then(([code]) => {
  if (!events.some(({ method }) => method === 'closing')) throw new Error(`chromium ended with ${code}: ${complaint}`);
});

async function play() {
  const { targetId } = await order('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await order('Target.attachToTarget', { targetId, flatten: true });
  await order('Network.enable', {}, sessionId);
  await order('Page.enable', {}, sessionId);
  const pid = networkProcess();
  const priority = pid !== undefined && spawnSync('chrt', ['-a', '-r', '-p', '10', pid]).status === 0;
  for (const { url, steps } of pages) {
    const loaded = () => events.filter(({ method }) => method === 'Page.loadEventFired').length;
    const before = loaded();
    await order('Page.navigate', { url }, sessionId);
    await until(() => loaded() > before);
    const expression = `(async (steps) => {
      for (const together of steps) await Promise.all(together.map(async ({ path, method, body, headers, cache }) => {
        const options = { method, headers, cache: cache ?? 'no-store', ...(body === undefined ? {} : { body: 'u'.repeat(body) }) };
        await (await fetch(path, options)).arrayBuffer();
      }));
    })(${JSON.stringify(steps)})`;
    const { exceptionDetails } = await order('Runtime.evaluate', { expression, awaitPromise: true }, sessionId);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
  }
  events.push({ method: 'closing' });
  await order('Browser.close');
  return priority;
}

const [priority] = await Promise.all([play(), died]);

const finished = [];
const open = new Map();
for (const { method, params } of events) {
  const told = (response) => ({
    status: response.status, protocol: response.protocol, headBytes: response.encodedDataLength, timing: response.timing,
  });
  const request = open.get(params?.requestId);
  if (method === 'Network.requestWillBeSent') {
    if (request !== undefined && params.redirectResponse !== undefined) finished.push({ ...request, ...told(params.redirectResponse) });
    open.set(params.requestId, { url: params.request.url, method: params.request.method });
  } else if (method === 'Network.responseReceived' && request !== undefined) Object.assign(request, told(params.response));
  else if (method === 'Network.loadingFinished' && request?.status !== undefined)
    finished.push({ ...request, transferBytes: params.encodedDataLength });
}
const log = JSON.parse(readFileSync(netLog, 'utf8'));
process.stdout.write(`${JSON.stringify({ connections: connections(log), finished, priority })}\n`);
