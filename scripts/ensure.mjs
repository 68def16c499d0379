#!/usr/bin/env node
// Makes what is missing: the installed packages, the build. Says so on standard error when it does something, else nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMain } from './is-main.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inRoot = (...parts) => join(root, ...parts);
const changed = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function fail(message) {
  console.error(`wirebook: ${message}`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`needs Node 20.19 or newer, this is ${process.versions.node}.`);
}

/** Words for people and the children's output go to standard error: standard output belongs to the program. */
function run(command, args, what) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error) fail(`${what}: ${error.message}`);
  if (status !== 0) fail(`${what} failed; what it said stands above.`);
}

function npm(args, what) {
  const viaNpm = process.env.npm_execpath;
  if (viaNpm?.endsWith('.js')) return run(process.execPath, [viaNpm, ...args], what);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, what);
}

/** node_modules belongs to package-lock.json when its stamp holds the lock file's hash, or npm itself wrote it later. */
function ensurePackages() {
  const lock = inRoot('package-lock.json');
  const stamp = inRoot('node_modules', '.wirebook-stamp');
  const hash = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  if (changed(inRoot('node_modules', '.package-lock.json')) <= changed(lock)) {
    console.error('wirebook: installing packages (npm ci) …');
    // No package needs its install script: cap is built by those who want it, everything else comes built.
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci');
  }
  writeFileSync(stamp, hash);
}

function newest(path) {
  let latest = changed(path);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(child) : changed(child));
  }
  return latest;
}

function ensureBuild() {
  const makers = ['build.mjs', 'link.mjs', 'code-cache.mjs'].map((name) => changed(inRoot('scripts', name)));
  const sources = Math.max(newest(inRoot('src')), ...makers, changed(inRoot('package.json')));
  if (changed(inRoot('dist', 'main.js')) > sources) return;
  console.error('wirebook: building …');
  run(process.execPath, [inRoot('scripts', 'build.mjs')], 'the build');
}

export function ensure() {
  checkNode();
  ensurePackages();
  ensureBuild();
}

if (isMain(import.meta.url)) ensure();
