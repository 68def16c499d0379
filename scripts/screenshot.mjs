#!/usr/bin/env node
// Pictures of the real program for README: runs it in tmux, presses keys, and draws what tmux then shows as SVG.
//   node scripts/screenshot.mjs [NAME...]      writes docs/screens/NAME-en.svg and -ko.svg; needs tmux and a build
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const COLD = 'fixtures/cold-http/client.pcap';
const PAGE = 'fixtures/page-parallel/client.pcap';
const LOST = 'fixtures/lost-segment/client.pcap';
const SECURE = 'fixtures/https-h2-parallel/client.pcapng --keylog fixtures/https-h2-parallel/client.keylog';

/** name: capture, keys as tmux has them, a sign that all is drawn. */
const SHOTS = {
  journeys: [PAGE, [], /GET/],
  timeline: [COLD, ['Enter', 'j'], /HAR ms/],
  waterfall: [PAGE, [':', 'waterfall', 'Enter'], / ms/],
  ladder: [COLD, ['Enter', ':', 'ladder', 'Enter'], /SYN/],
  packets: [LOST, ['3', '/', 'frame.number >= 20', 'Enter', 'j', 'j', 'j', 'j', 'j', 'j'], /Dup ACK/],
  problems: [LOST, ['5'], /Retransmission/],
  https: [SECURE, ['3', '/', 'frame.number >= 7', 'Enter', 'j', 'j', 'j', 'j', 'j', 'j', 'j', 'j', 'j'], /200 for GET/],
  packet: [COLD, ['3', 'g', '/', 'http.request', 'Enter', 'Enter'], /HTTP/],
  book: [COLD, ['Enter', ':', 'book', 'Enter'], /R-/],
  filter: [PAGE, ['/', 'stage.wait > 1ms and http.re', 'Tab'], /http\.re/],
  help: [COLD, ['?'], /Esc/],
};
const [WIDTH, HEIGHT] = [120, 34];
const [CELL, LINE, MARGIN] = [8.4, 18, 10];

const only = process.argv.slice(2);
let shots = 0;
let socket = '';
const tmux = (...words) => execFileSync('tmux', ['-L', socket, ...words], { encoding: 'utf8' });
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** The screen with its colours, once it shows the sign and has come to rest. */
async function screenOf(file, keys, sign, language) {
  socket = `wbshot${process.pid}-${shots++}`;
  const program = `${process.execPath} dist/main.js --theme dark --no-mouse --lang ${language} ${file}`;
  const shell = `env -i PATH=${process.env.PATH} HOME=/nonexistent TERM=tmux-256color LANG=C.UTF-8 ${program}`;
  tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(WIDTH), '-y', String(HEIGHT + 1), '-c', root, shell);
  tmux('set', '-g', 'status', 'off');
  tmux('resize-window', '-x', String(WIDTH), '-y', String(HEIGHT));
  try {
    await rest(/\? (help|안내)/);
    for (const key of keys) {
      if (/^(Enter|Tab|Esc)$/.test(key)) tmux('send-keys', key);
      else tmux('send-keys', '-l', key);
      await sleep(150);
    }
    await rest(sign);
    return tmux('capture-pane', '-e', '-p', '-N').replace(/\n$/, '').split('\n');
  } finally {
    spawnSync('tmux', ['-L', socket, 'kill-server']);
  }
}

async function rest(sign) {
  let before = '';
  for (let n = 0; n < 100; n++) {
    await sleep(150);
    const now = tmux('capture-pane', '-e', '-p');
    if (now === before && sign.test(tmux('capture-pane', '-p'))) return;
    before = now;
  }
  throw new Error(`never at rest with ${sign}:\n${before}`);
}

const BASE = ['#1b1d23', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d7dae0'];
const BRIGHT = ['#5c6370', '#ff7a85', '#b5e890', '#ffd866', '#82c7ff', '#e2a0ff', '#7fe3ee', '#ffffff'];
const [TEXT, GROUND] = ['#d7dae0', '#16181d'];

function colour(n) {
  if (n < 8) return BASE[n];
  if (n < 16) return BRIGHT[n - 8];
  const hex = (v) => Math.round(v).toString(16).padStart(2, '0');
  if (n >= 232) return `#${hex(8 + (n - 232) * 10).repeat(3)}`;
  const step = (v) => (v === 0 ? 0 : 55 + v * 40);
  return `#${[Math.floor((n - 16) / 36), Math.floor((n - 16) / 6) % 6, (n - 16) % 6].map((v) => hex(step(v))).join('')}`;
}

/** SGR parameters upon a style. */
function styled(style, parameters) {
  const list = parameters === '' ? [0] : parameters.split(/[;:]/).map(Number);
  let next = { ...style };
  for (let i = 0; i < list.length; i++) {
    const n = list[i];
    if (n === 0) next = {};
    else if (n === 1) next.bold = true;
    else if (n === 4) next.underline = true;
    else if (n === 7) next.reverse = true;
    else if (n === 22) next.bold = false;
    else if (n === 24) next.underline = false;
    else if (n === 27) next.reverse = false;
    else if (n === 39) delete next.text;
    else if (n === 49) delete next.ground;
    else if ((n === 38 || n === 48) && list[i + 1] === 5) {
      next[n === 38 ? 'text' : 'ground'] = colour(list[i + 2]);
      i += 2;
    } else if (n >= 30 && n < 38) next.text = BASE[n - 30];
    else if (n >= 40 && n < 48) next.ground = BASE[n - 40];
    else if (n >= 90 && n < 98) next.text = BRIGHT[n - 90];
    else if (n >= 100 && n < 108) next.ground = BRIGHT[n - 100];
  }
  return next;
}

// What the program draws two cells wide.
const isWide = (c) =>
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(c);
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Runs of one look: where each begins, how many cells it has. */
function runsOf(line, carried) {
  const runs = [];
  let style = carried.style;
  let at = 0;
  for (const [, sequence, text] of line.matchAll(/\u001b\[([\d;:]*)m|([^\u001b]+)/g)) {
    if (sequence !== undefined) style = styled(style, sequence);
    else {
      let cells = 0;
      for (const c of text) cells += isWide(c) ? 2 : 1;
      runs.push({ at, cells, text, style });
      at += cells;
    }
  }
  carried.style = style;
  return runs;
}

const cellsOf = (text) => [...text].reduce((sum, c) => sum + (isWide(c) ? 2 : 1), 0);

/** Pieces without two spaces side by side, Hangul apart (its font may have other widths), and at which cell each begins; what is underlined stays whole. */
function wordsOf(text, whole) {
  if (whole) return [[text, 0]];
  return [...text.matchAll(/[\u1100-\uffff]+|[^\s\u1100-\uffff]+(?: [^\s\u1100-\uffff]+)*/g)].map((found) => [
    found[0],
    cellsOf(text.slice(0, found.index)),
  ]);
}

function svg(lines, title) {
  const [width, height] = [WIDTH * CELL + 2 * MARGIN, lines.length * LINE + 2 * MARGIN];
  const grounds = [];
  const texts = [];
  const carried = { style: {} };
  const n = (value) => Number(value.toFixed(1));
  lines.forEach((line, y) => {
    for (const { at, cells, text, style } of runsOf(line, carried)) {
      const [ink, paper] = style.reverse ? [style.ground ?? GROUND, style.text ?? TEXT] : [style.text ?? TEXT, style.ground];
      const [x, top] = [n(MARGIN + at * CELL), n(MARGIN + y * LINE)];
      if (paper !== undefined)
        grounds.push(`<rect x="${x}" y="${top}" width="${n(cells * CELL)}" height="${LINE}" fill="${paper}"/>`);
      const looks = `${style.bold ? ' font-weight="bold"' : ''}${style.underline ? ' text-decoration="underline"' : ''}`;
      // Words one by one, each at its place: what a viewer makes of spaces does not matter then.
      for (const [word, start] of wordsOf(text, style.underline)) {
        const left = n(MARGIN + (at + start) * CELL);
        const length = n(cellsOf(word) * CELL);
        const shown = escaped(word).replaceAll(' ', '\u00a0');
        texts.push(
          `<text x="${left}" y="${n(top + 13.5)}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${ink}"${looks}>${shown}</text>`,
        );
      }
    }
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(width)} ${height}" width="${n(width)}" height="${height}" role="img" aria-label="${escaped(title)}">
<rect width="100%" height="100%" rx="6" fill="${GROUND}"/>
<g>${grounds.join('\n')}</g>
<g font-family="'D2Coding','Noto Sans Mono CJK KR','DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="14">
${texts.join('\n')}
</g>
</svg>
`;
}

readFileSync(join(root, 'dist', 'main.js'));
mkdirSync(join(root, 'docs', 'screens'), { recursive: true });
for (const [name, [file, keys, sign]] of Object.entries(SHOTS)) {
  if (only.length > 0 && !only.includes(name)) continue;
  for (const language of ['en', 'ko']) {
    const lines = await screenOf(file, keys, sign, language);
    writeFileSync(join(root, 'docs', 'screens', `${name}-${language}.svg`), svg(lines, `wirebook: ${name} (${language})`));
    console.log(`docs/screens/${name}-${language}.svg`);
  }
}
