import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

type Exports = Record<string, unknown>;
type Load = (name: string) => Exports;
type Piece = (require: NodeJS.Require, url: string, load: Load, later: (name: string) => Promise<Exports>) => Exports;

/**
 * Where the code is that this very Node made of the pieces. V8 refuses code of another version of itself, of other flags and of
 * another source, but not code of another machine or of a Node built differently.
 */
export const CODE = join(
  __dirname,
  `code-${process.version}-${process.platform}-${process.arch}-${statSync(process.execPath).size}`,
);

/** What was compiled by now, by the name of its file: `scripts/code-cache.mjs` keeps the code that V8 made of it. */
export const scripts = new Map<string, Script>();

const loaded = new Map<string, Exports>();
const require = createRequire(__filename);
const later = async (name: string): Promise<Exports> => load(name);

/**
 * Runs a piece of the program, once. Node 20 keeps no compiled modules, so the bundle's pieces are functions
 * (`scripts/link.mjs`), compiled from the code that was kept, or from their text where there is none.
 */
export const load: Load = (name) => {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const filename = join(__dirname, name);
  const code = join(CODE, name);
  const cachedData = existsSync(code) ? readFileSync(code) : undefined;
  const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData });
  scripts.set(name, script);
  const exports = (script.runInThisContext() as Piece)(require, pathToFileURL(filename).href, load, later);
  loaded.set(name, exports);
  return exports;
};
