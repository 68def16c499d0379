import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../ensure.mjs';

const CAPTURE = /\.(pcap|pcapng|cap|ntar)$/;
/** Besides the project's own fixtures, where somebody has it: a larger collection beside the checkout. */
const FOLDERS = ['fixtures', join('..', 'shared', 'captures')];

/** Paths of captures from the project's root, in a fixed order. */
export function corpus() {
  return FOLDERS.map((folder) => join(root, folder))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => CAPTURE.test(path))
    .map((path) => relative(root, path))
    .sort();
}

/** Key logs beside the captures, so that broken records are met inside TLS too. */
export function keyLogs() {
  return FOLDERS.map((folder) => join(root, folder))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.keylog'))
    .sort();
}
