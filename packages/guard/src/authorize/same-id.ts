const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id as it is compared: to the letter, but for the case of a UUID (RFC 9562 section 4). */
export function idKey(id: string): string {
  return uuid.test(id) ? id.toLowerCase() : id;
}
