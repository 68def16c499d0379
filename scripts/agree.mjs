#!/usr/bin/env node
// Compares reports of the shared captures with what other tools say of them, keys included, in one command:
//
//   node scripts/agree.mjs [--captures DIR] [options of agree.mjs, such as --section http2 --verbose]
//
// runs agree.mjs of DIR (../shared/captures unless told otherwise) with a report of each capture; --keylog is added where a key log
// lies beside the capture ("name.keylog") or the manifest names one. Keys inside a capture are used anyhow.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isMain } from './is-main.mjs';

const root = resolve(import.meta.dirname, '..');
const SHARED = join(root, '..', 'shared', 'captures');

/** The key log of a capture in this folder of captures; undefined where it has none. */
export function keyLogOf(captures, file) {
  const beside = file.replace(/\.[^./]+$/, '.keylog');
  if (beside !== file && existsSync(beside)) return beside;
  const manifest = join(captures, 'manifest.json');
  if (!existsSync(manifest)) return undefined;
  const entry = JSON.parse(readFileSync(manifest, 'utf8')).captures.find(
    (each) => resolve(captures, each.file) === resolve(file),
  );
  const named = entry?.keylog === undefined ? undefined : join(captures, entry.keylog);
  return named !== undefined && existsSync(named) ? named : undefined;
}

function report(captures, file) {
  const keyLog = keyLogOf(captures, file);
  const keys = keyLog === undefined ? [] : ['--keylog', keyLog];
  const arguments_ = [join(root, 'dist', 'main.js'), 'report', file, '--format', 'json', '--stream-hashes', ...keys];
  return spawnSync(process.execPath, arguments_, { stdio: 'inherit' }).status ?? 70;
}

function all(arguments_) {
  const at = arguments_.indexOf('--captures');
  const [, named] = at < 0 ? [] : arguments_.splice(at, 2);
  const captures = resolve(named ?? SHARED);
  const agree = join(captures, 'agree.mjs');
  if (!existsSync(agree)) {
    process.stderr.write(`${agree}: there is no such file; name the captures with --captures DIR\n`);
    return 2;
  }
  const each = [process.execPath, join(import.meta.dirname, 'agree.mjs'), '--report', captures, '{}'];
  return spawnSync(process.execPath, [agree, ...arguments_, '--', ...each], { stdio: 'inherit' }).status ?? 70;
}

if (isMain(import.meta.url)) {
  const [first, captures, file] = process.argv.slice(2);
  process.exitCode = first === '--report' ? report(captures, file) : all(process.argv.slice(2));
}
