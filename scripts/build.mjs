#!/usr/bin/env node
// Bundles src/main.ts into dist/: one small file to start with, and chunks which load when something needs them.
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const entry = join(root, 'src', 'main.ts');

const esbuild = existsSync(entry) ? await import('esbuild').catch(() => undefined) : undefined;
if (esbuild === undefined) {
  console.error(existsSync(entry) ? 'esbuild is not installed: run "npm ci" first.' : 'There is no src/main.ts to build from.');
  process.exit(1);
}

const started = new Date();
const built = await esbuild
  .build({
    absWorkingDir: root,
    // What captures are programs of their own.
    entryPoints: {
      main: entry,
      helper: join(root, 'src', 'helper', 'main.ts'),
      relay: join(root, 'src', 'helper', 'relay.ts'),
      warden: join(root, 'src', 'helper', 'warden.ts'),
      'cap-helper': join(root, 'src', 'helper', 'cap.ts'),
    },
    outdir: dist,
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    chunkNames: 'chunk-[hash]',
    // blessed requires its terminal databases and optional modules by computed names: it stays beside the bundle.
    external: ['blessed', 'blessed-contrib', 'blessed-contrib/*', 'koffi', 'cap'],
    // CommonJS packages inside the bundle call require('node:…').
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  .catch(() => process.exit(1));

// Chunks first, the entry last and by rename: whoever starts meanwhile gets the old program or the new one, never half of each.
mkdirSync(dist, { recursive: true });
const isEntry = (file) => basename(file.path) === 'main.js';
const files = [...built.outputFiles.filter((file) => !isEntry(file)), ...built.outputFiles.filter(isEntry)];
for (const file of files) {
  const unfinished = `${file.path}.${process.pid}`;
  writeFileSync(unfinished, isEntry(file) ? `#!/usr/bin/env node\n${file.text}` : file.contents);
  if (isEntry(file)) {
    chmodSync(unfinished, 0o755);
    // As old as the sources that were read: an edit made while the build ran counts as newer.
    utimesSync(unfinished, started, started);
  }
  renameSync(unfinished, file.path);
}
const current = new Set(files.map((file) => basename(file.path)));
for (const name of readdirSync(dist)) {
  if (/^(main|helper|relay|warden|cap-helper|chunk-\w+)\.js$/.test(name) && !current.has(name))
    rmSync(join(dist, name), { force: true });
}
