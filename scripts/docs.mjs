#!/usr/bin/env node
// Writes the parts of README, man page and docs that are made of tables in the source: keys and fields of filters.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { generated } from './docs-text.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const directory = mkdtempSync(join(root, 'node_modules', '.docs-'));
try {
  const outfile = join(directory, 'tables.mjs');
  const contents = `
    export { KEYS as groups, TYPING as typing } from './src/ui/keys.ts';
    export { actionName } from './src/ui/config.ts';
    export { JOURNEY_FIELDS as journeyFields } from './src/filter/journeys.ts';
    export { PACKET_FIELDS as packetFields } from './src/filter/packets.ts';`;
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  const tables = await import(pathToFileURL(outfile).href);
  for (const [name, text] of Object.entries(generated(tables, (file) => readFileSync(join(root, file), 'utf8'))))
    writeFileSync(join(root, name), text);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
