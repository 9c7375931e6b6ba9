import type { Body, Located, Response } from '../model.ts';
import { child, entries, isObject } from '../load/pointer.ts';
import { readContent, readHeaders } from './media-types.ts';
import { text, type Reading } from './reading.ts';

/** `requestBody` of 3.x. */
export function readBody(reading: Reading, operation: Located): Body | undefined {
  const node = child(operation, 'requestBody');
  if (node.value === undefined) return undefined;
  const found = reading.deref(node);
  if (!isObject(found.value)) {
    reading.warn(
      found.location,
      'invalid-request-body',
      'requestBody is not an object, so no body is declared',
      'write requestBody: { content: … }',
    );
    return undefined;
  }
  return {
    required: found.value['required'] === true,
    content: readContent(reading, child(found, 'content')),
    description: text(found.value['description']),
    location: found.location,
  };
}

/** `responses` of 3.x. */
export function readResponses(reading: Reading, operation: Located): Response[] {
  return [...responseNodes(reading, operation)].map(([status, node]) => {
    const { description, headers, content, location } = reading.answers.of(node, () => ({
      description: text(child(node, 'description').value),
      headers: readHeaders(reading, child(node, 'headers')),
      content: readContent(reading, child(node, 'content')),
      location: node.location,
    }));
    return { status, description, headers, content, location };
  });
}

/** The responses of an operation by status (`200`, `4XX`, `default`), references followed. */
export function responseNodes(reading: Reading, operation: Located): Map<string, Located> {
  const table = child(operation, 'responses');
  const found = new Map<string, Located>();
  for (const [key, node] of entries(table)) {
    if (key.startsWith('x-')) continue;
    const status = key === 'default' ? key : key.toUpperCase();
    if (status !== 'default' && !/^[1-5](?:\d\d|XX)$/.test(status)) {
      reading.warn(
        node.location,
        'invalid-status',
        `${key} is not a status; the response is left out`,
        "write a status such as '200', a range such as 4XX, or default",
      );
      continue;
    }
    if (status !== key)
      reading.warn(node.location, 'invalid-status', `the range ${key} is read as ${status}`, `write ${status}`);
    found.set(status, reading.deref(node));
  }
  if (found.size === 0) {
    reading.warn(
      isObject(table.value) ? table.location : operation.location,
      'missing-responses',
      'no response is declared, so every answer is undocumented',
      "add responses: { '200': … }",
    );
  }
  return found;
}
