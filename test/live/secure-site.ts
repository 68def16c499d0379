import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browsed, Closed, Curled, Served } from '../accounts.ts';
import { type Cable, collect, says } from './namespaces.ts';

const LAB = resolve(import.meta.dirname, '../../lab');
export const ADDRESS = '10.9.0.2';
/** Even ports speak HTTP/2, odd ones HTTP/1.1; TLS 1.3, above 1000 TLS 1.2. */
const NGINX = [442, 443, 2442, 2443];
const NODE = [444, 445, 4444, 4445];
export const PORTS = [...NGINX, ...NODE];
export const isHttp2 = (port: number): boolean => port % 2 === 0;
export const isNode = (port: number): boolean => NODE.includes(port);

const ECHO = '/usr/lib/nginx/modules/ngx_http_echo_module.so';
export const cannotServe = (): string | undefined => (existsSync(ECHO) ? undefined : 'nginx has no echo module here');

/** A request that is made besides those of the page. */
export interface Step {
  path: string;
  method?: 'POST' | 'HEAD';
  body?: number;
  headers?: Record<string, string>;
}

const many = Array.from({ length: 24 }, (_, i) => ({ path: `/one.svg?${i + 10}` }));

/** What is fetched from each server, list after list; what stands in one list at once. */
export function steps(port: number): Step[][] {
  const common: Step[][] = [
    [{ path: '/post', method: 'POST', body: 5000 }],
    ['/late', '/one.svg?2', '/script.js?2', '/two.svg?2', '/nothing'].map((path) => ({ path })),
    [{ path: '/large' }],
    [{ path: '/large', method: 'HEAD' }],
    [{ path: '/tagged', headers: { 'if-none-match': '"one"' } }],
    [{ path: '/one.svg?large', headers: { 'x-large': 'abcdefghij'.repeat(3000) } }],
    [{ path: '/post', method: 'POST', body: 40_000 }, { path: '/style.css?2' }],
  ];
  const odd = ['/fields', '/trailers', '/hints', '/chunked'].map((path) => [{ path }]);
  return isNode(port) ? [...common, ...odd] : common;
}

const CONFIG = (folder: string): string => `
load_module ${ECHO};
daemon off; master_process off; worker_processes 1; user root; pid ${folder}/nginx.pid; error_log ${folder}/error.log info;
events { }
http {
  log_format account escape=json '{"clientPort":$remote_port,"nth":$connection_requests,"method":"$request_method","uri":"$request_uri",'
    '"version":"$server_protocol","status":$status,"requestLength":$request_length,"bytesSent":$bytes_sent,"bodyBytesSent":$body_bytes_sent}';
  access_log ${folder}/access.log account;
  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  types { text/html html; text/css css; text/javascript js; image/svg+xml svg; }
  ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
  large_client_header_buffers 8 64k; client_max_body_size 1m; client_body_buffer_size 1m;
  ${NGINX.map(
    (port) => `server {
    listen ${ADDRESS}:${port} ssl${isHttp2(port) ? ' http2' : ''}; ssl_protocols ${port > 1000 ? 'TLSv1.2' : 'TLSv1.3'}; root ${folder}/site;
    gzip on; gzip_types text/css text/javascript;
    location = /moved { return 302 /two.svg; }
    location = /tagged { if ($http_if_none_match) { return 304; } return 200 "tagged"; }
    location = /post { echo_read_request_body; echo_sleep 0.03; echo "got it"; }
    location = /late { echo_sleep 0.15; echo "thought about it"; }
  }`,
  ).join('\n')}
}
`;

function image(size: number): string {
  const [before, after] = ['<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><!--', '--></svg>'];
  return before + '.'.repeat(size - before.length - after.length) + after;
}

/** nginx and Node, each with HTTP/1.1 and HTTP/2 over TLS 1.2 and 1.3; what they log is `served`. */
export async function serve(cable: Cable, folder: string): Promise<() => { served: Served[]; closed: Closed[] }> {
  const [cert, key, site] = [join(folder, 'cert.pem'), join(folder, 'key.pem'), join(folder, 'site')];
  const subject = ['-subj', `/CN=${ADDRESS}`, '-addext', `subjectAltName=IP:${ADDRESS}`];
  spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-out', cert, '-keyout', key, ...subject]);
  mkdirSync(site);
  const page = '<!doctype html><title>secure</title><link rel=stylesheet href=/style.css><script src=/script.js></script>';
  writeFileSync(join(site, 'index.html'), `${page}<img src=/one.svg><img src=/moved>`);
  writeFileSync(join(site, 'style.css'), Array.from({ length: 2000 }, (_, i) => `.c${i} { margin: ${i}px }\n`).join(''));
  writeFileSync(join(site, 'script.js'), 'a=1;'.repeat(7500));
  writeFileSync(join(site, 'one.svg'), image(2000));
  writeFileSync(join(site, 'two.svg'), image(60_000));
  writeFileSync(join(site, 'large'), 'x'.repeat(100_000));
  writeFileSync(join(folder, 'nginx.conf'), CONFIG(folder));
  const words = ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')];
  const nginx = cable.start(cable.there, 'nginx', ...words);
  const node = cable.start(
    cable.there,
    process.execPath,
    join(LAB, 'servers/secure.mjs'),
    cert,
    key,
    ADDRESS,
    ...NODE.map(String),
  );
  const log = collect(node.stdout);
  await says(node.stdout, /listening/);
  const reached = (port: number) =>
    spawnSync('ip', ['netns', 'exec', cable.here, 'bash', '-c', `: </dev/tcp/${ADDRESS}/${port}`]).status === 0;
  while (!NGINX.every(reached)) if (nginx.exitCode !== null) throw new Error('nginx ended');
  const lines = <T>(text: string, event?: string): T[] =>
    text
      .split('\n')
      .filter((line) => line.endsWith('}') && (event === undefined || line.includes(`"event":"${event}"`)))
      .map((line) => JSON.parse(line) as T);
  return () => ({
    served: [...lines<Served>(readFileSync(join(folder, 'access.log'), 'utf8')), ...lines<Served>(log.text, 'answered')],
    closed: lines<Closed>(log.text, 'closed'),
  });
}

/** Chromium opens the page of each server and fetches the steps. */
export async function browse(cable: Cable, folder: string, keyLog: string): Promise<Browsed> {
  const pages = PORTS.map((port) => ({ url: `https://${ADDRESS}:${port}/`, steps: [...steps(port), many] }));
  const client = join(LAB, 'clients/chromium.mjs');
  writeFileSync(join(folder, 'pages.json'), JSON.stringify(pages));
  return JSON.parse(await cable.run(cable.here, process.execPath, client, folder, keyLog, join(folder, 'pages.json'))) as Browsed;
}

/** curl's words for the same requests, one after the other over one connection. */
export function curlWords(port: number): string[] {
  const each = ['-sS', '-k', isHttp2(port) ? '--http2' : '--http1.1', '--compressed', '-o', '/dev/null', '-w', '%{json}\\n'];
  const list: Step[] = [{ path: '/' }, { path: '/style.css' }, { path: '/moved' }, ...steps(port).flat()];
  const words = list.flatMap((step, i) => [
    ...(i > 0 ? ['--next'] : []),
    ...each,
    ...(step.method === 'HEAD' ? ['-I'] : []),
    // curl would wait for a "100 Continue" that nobody sends.
    ...(step.body === undefined ? [] : ['--data-binary', 'u'.repeat(step.body), '-H', 'Expect:']),
    ...Object.entries(step.headers ?? {}).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    `https://${ADDRESS}:${port}${step.path}`,
  ]);
  // With real-time priority curl's clock readings follow the packets at once, even on a busy machine.
  return [...(canHurry() ? ['chrt', '-r', '10'] : []), 'curl', ...words];
}

export const curled = (said: string): Curled[] =>
  said
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Curled);

export async function curl(cable: Cable, keyLog: string): Promise<Curled[]> {
  const found: Curled[] = [];
  for (const port of PORTS)
    found.push(...curled(await cable.run(cable.here, 'env', `SSLKEYLOGFILE=${keyLog}`, ...curlWords(port))));
  return found;
}

export const canHurry = (): boolean => spawnSync('chrt', ['-r', '10', 'true']).status === 0;
