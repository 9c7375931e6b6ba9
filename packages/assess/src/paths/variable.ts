/**
 * What a parameter is called, by what stands before it: `reports` → `reportId`, `user-groups` → `userGroupId`.
 * @param path segments before it
 * @param taken names that the path has already
 */
export function variableOf(path: readonly string[], taken: readonly string[]): string {
  const before = path.findLast((segment) => segment !== '' && !segment.startsWith('{')) ?? '';
  const words = before.split(/[^A-Za-z\d]+/).filter((word) => word !== '');
  const last = words.pop();
  let name = 'id';
  if (last !== undefined) {
    const singular = last.replace(/ies$/i, 'y').replace(/(?<=[^s])s$/i, '');
    const joined = [...words, singular].map((word, index) =>
      index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1),
    );
    name = `${joined.join('')}Id`;
  }
  let unique = name;
  for (let n = 2; taken.includes(unique); n++) unique = name + n;
  return unique;
}
