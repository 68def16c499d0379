#!/usr/bin/env node
// npm start [-- ARGS]: makes what is missing, then runs wirebook here; without arguments on a capture that comes with the project.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensure, root } from './ensure.mjs';

ensure();
// npm runs scripts in the project's directory; paths are meant from where the user stands.
if (process.env.npm_lifecycle_event === 'start' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
const args = process.argv.slice(2);
if (args.length === 0) {
  const sample = ['client.pcap', 'client.pcapng'].map((name) => join(root, 'fixtures', 'cold-http', name)).find(existsSync);
  if (sample) args.push(relative('', sample));
}
const main = join(root, 'dist', 'main.js');
process.argv = [process.execPath, main, ...args];
await import(pathToFileURL(main).href);
