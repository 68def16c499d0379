// Who runs in the benchmark: wirebook, and what it is held against. Each has a command, or a reason why it is left out.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { freemem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { find } from './measure.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, '..', 'dist', 'main.js');

/** tshark's nearest thing to the report: a row for every DNS message, connection event, HTTP message and TLS handshake. */
const TABLE_FILTER = 'dns || tcp.flags.syn==1 || tcp.flags.fin==1 || tcp.flags.reset==1 || http || tls.handshake';
const TABLE_FIELDS = [
  'frame.number frame.time_epoch ip.src ip.dst tcp.stream tcp.flags tcp.analysis.initial_rtt',
  'dns.id dns.qry.name dns.a dns.time tls.handshake.type tls.handshake.extensions_server_name',
  'http.request.method http.host http.request.uri http.response.code http.request_in http.time',
]
  .join(' ')
  .split(' ');

/** tcptrace keeps about 5 KB a flow of the tiny workload. */
const TCPTRACE_TINY_BYTES = 8 * 2 ** 30;

function compiledLoop() {
  const compiler = find('cc') ?? find('gcc') ?? find('clang');
  if (compiler === undefined) return { skipped: 'no C compiler' };
  const [source, program] = [join(here, 'read-loop.c'), join(here, 'data', 'read-loop')];
  if (!existsSync(program) || statSync(program).mtimeMs < statSync(source).mtimeMs) {
    mkdirSync(dirname(program), { recursive: true });
    const { status } = spawnSync(compiler, ['-O2', '-o', program, source, '-lpcap'], { stdio: 'ignore' });
    if (status !== 0) return { skipped: 'libpcap cannot be compiled against (libpcap-dev)' };
  }
  return { program };
}

/** [{ name, command } or { name, skipped: reason }], wirebook first. */
export function contestants(file, workload, quick) {
  const list = [
    { name: 'wirebook report', command: [process.execPath, main, 'report', file, '--format', 'jsonl'] },
    { name: 'node -e 0', command: [process.execPath, '-e', '0'] },
    { name: 'read loop, JS', command: [process.execPath, join(here, 'read-loop.mjs'), file] },
  ];
  if (quick) return list;
  const { program, skipped } = compiledLoop();
  list.push({ name: 'read loop, C', command: program && [program, file], skipped });

  const tshark = find('tshark');
  const fields = TABLE_FIELDS.flatMap((field) => ['-e', field]);
  const table = tshark && [tshark, '-n', '-r', file, '-Y', TABLE_FILTER, '-T', 'fields', ...fields];
  if (workload === 'bulk')
    list.push({ name: 'tshark table', skipped: 'its body reassembly is worse than linear: > 130 s on 1 GB' });
  else list.push({ name: 'tshark table', command: table, skipped: table ? undefined : 'not installed' });

  const tcptrace = find('tcptrace');
  if (tcptrace === undefined) list.push({ name: 'tcptrace -n', skipped: 'not installed' });
  else if (workload === 'tiny' && freemem() < TCPTRACE_TINY_BYTES)
    list.push({ name: 'tcptrace -n', skipped: 'needs 5 GB of memory' });
  else list.push({ name: 'tcptrace -n', command: [tcptrace, '-n', file] });
  return list;
}
