import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Is the module with this `import.meta.url` the program that was started? Also when it was started through a symbolic link. */
export const isMain = (url) => process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
