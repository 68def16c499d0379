import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Where programs of the system lie; a user's PATH is not asked with privileges. */
export const PATH = ['/usr/sbin', '/sbin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/local/bin'];
export function find(program: string): string | undefined {
  return PATH.map((directory) => join(directory, program)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
