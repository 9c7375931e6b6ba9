/** `Swagger Petstore – v2` → `swagger-petstore-v2`: what an API is called in addresses and commands. */
export function apiIdOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' ? 'api' : plain.slice(0, 80);
}
