/** Groups first, then group, then user: the other way round the first would not be allowed any more. */
export function dropPrivileges(user: { uid: number; gid: number } | undefined): void {
  if (user === undefined || process.getuid?.() !== 0) return;
  process.setgroups?.([user.gid]);
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
}
