#!/usr/bin/env node
// The command: runs dist/main.js. `npm install -g .` in a clone only links to it, so a clone makes what is missing first.
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
const maker = new URL('../scripts/ensure.mjs', import.meta.url);
const whole = existsSync(program) && (!existsSync(maker) || existsSync(new URL('../node_modules', import.meta.url)));
if (!whole && existsSync(maker)) (await import(maker.href)).ensure();
if (existsSync(program)) await import(program.href);
else {
  const korean = (process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '').startsWith('ko');
  process.stderr.write(
    korean
      ? 'wirebook: 이 패키지에는 dist/가 없습니다. 소스를 받은 곳에서 "npm ci && npm pack"으로 다시 만들어 주세요.\n'
      : 'wirebook: this package was packed without dist/; make it anew where the sources are: npm ci && npm pack\n',
  );
  process.exitCode = 70;
}
