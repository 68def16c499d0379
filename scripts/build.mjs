#!/usr/bin/env node
// Bundles src/main.ts into dist/: one small file to start with, pieces which load when something needs them, and the code of the
// pieces as V8 makes it.
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const entry = join(root, 'src', 'main.ts');

const esbuild = existsSync(entry) ? await import('esbuild').catch(() => undefined) : undefined;
if (esbuild === undefined) {
  console.error(existsSync(entry) ? 'esbuild is not installed: run "npm ci" first.' : 'There is no src/main.ts to build from.');
  process.exit(1);
}

const { linked } = await import('./link.mjs');
const { forgetCode, keepCode } = await import('./code-cache.mjs');

const shared = { absWorkingDir: root, write: false, bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };
const started = new Date();
const built = await esbuild
  .build({
    ...shared,
    // What captures are programs of their own.
    entryPoints: {
      main: entry,
      helper: join(root, 'src', 'helper', 'main.ts'),
      relay: join(root, 'src', 'helper', 'relay.ts'),
      warden: join(root, 'src', 'helper', 'warden.ts'),
      'cap-helper': join(root, 'src', 'helper', 'cap.ts'),
    },
    outdir: dist,
    splitting: true,
    format: 'esm',
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    // blessed requires its terminal databases and optional modules by computed names: it stays beside the bundle.
    external: ['blessed', 'blessed-contrib', 'blessed-contrib/*', 'koffi', 'cap'],
  })
  .catch(() => process.exit(1));

/** The file that is run: the loader, and which piece comes first. */
async function program(name, first) {
  const tuning = "import { tuneHeap } from './src/session/heap.ts';\nimport { compileLate } from './src/session/compiler.ts';\n";
  const contents = `import { CODE, load, scripts } from './src/loader.ts';
${name === 'main' ? tuning : 'const [tuneHeap, compileLate] = [() => {}, () => {}];'}
function tune() {
  tuneHeap();
  compileLate();
}
tune();
load('${first}');
export { CODE, scripts, tune };
`;
  const [file] = (await esbuild.build({ ...shared, stdin: { contents, resolveDir: root }, format: 'cjs', legalComments: 'none' }))
    .outputFiles;
  return { path: join(dist, `${name}.js`), text: `#!/usr/bin/env node\n${file.text}` };
}

const ENTRY = /^(main|helper|relay|warden|cap-helper)-\w+\.js$/;
const pieces = built.outputFiles.map(({ path, text }) => ({ path, text: linked(text) }));
// What does not compile (an await at the top of a piece) is found here, not when somebody runs it.
for (const { path, text } of pieces) new Script(text, { filename: path });
const programs = await Promise.all(
  pieces.flatMap(({ path }) => {
    const [file, name] = ENTRY.exec(basename(path)) ?? [];
    return name === undefined ? [] : [program(name, file)];
  }),
);

// Pieces first, the programs last and by rename: whoever starts meanwhile gets the old program or the new one, never half of each.
mkdirSync(dist, { recursive: true });
forgetCode(dist);
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
const isMain = (file) => basename(file.path) === 'main.js';
const files = [...pieces, ...programs.filter((file) => !isMain(file)), ...programs.filter(isMain)];
for (const file of files) {
  const unfinished = `${file.path}.${process.pid}`;
  writeFileSync(unfinished, file.text);
  if (isMain(file)) {
    chmodSync(unfinished, 0o755);
    // As old as the sources that were read: an edit made while the build ran counts as newer.
    utimesSync(unfinished, started, started);
  }
  renameSync(unfinished, file.path);
}
const current = new Set(files.map((file) => basename(file.path)));
for (const name of readdirSync(dist)) {
  if (/^(main|helper|relay|warden|cap-helper|chunk)(-\w+)?\.js$/.test(name) && !current.has(name))
    rmSync(join(dist, name), { force: true });
}
keepCode(root);
