// Makes a function of an ES module of the bundle, so that V8 can be given the code it made of it before (src/loader.ts).

const names = (list) => list.replace(/\b([\w$]+) as ([\w$]+)/g, '$1: $2');
const ours = (from) => from.startsWith('./');
const loaded = (from) => (ours(from) ? `__load("${from.slice(2)}")` : `require("${from}")`);

/** esbuild's output is regular: imports first, one export last, each at the start of a line. */
export function linked(text) {
  let exports = '';
  const body = text
    .replace(/^import "([^"]+)";$/gm, (_, from) => `${loaded(from)};`)
    .replace(/^import \* as ([\w$]+) from "([^"]+)";$/gm, (_, name, from) => `const ${name} = ${loaded(from)};`)
    .replace(/^import ([\w$]+) from "([^"]+)";$/gm, (_, name, from) => `const ${name} = ${loaded(from)};`)
    .replace(/^import (\{[^}]*\}) from "([^"]+)";$/gm, (_, list, from) => `const ${names(list)} = ${loaded(from)};`)
    .replace(/\bimport\("\.\/([^"]+)"\)/g, (_, name) => `__later("${name}")`)
    .replace(/^export \{([^}]*)\};$/gm, (_, list) => {
      exports += list.replace(/\b([\w$]+) as ([\w$]+)/g, '$2: $1').replace(/\s+$/, ',');
      return '';
    })
    .replaceAll('import.meta.url', '__url');
  return `(function (require, __url, __load, __later) {"use strict";${body}\nreturn {${exports}};\n})`;
}
