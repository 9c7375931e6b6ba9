import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { contentMatches, looksActive } from './file-type.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

const rows: readonly [essence: string, good: string][] = [
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff\xe0'],
  ['image/gif', 'GIF89a'],
  ['image/webp', 'RIFF\0\0\0\0WEBPVP8 '],
  ['image/avif', '\0\0\0\x20ftypavif'],
  ['application/pdf', '%PDF-1.7'],
  ['application/zip', 'PK\x03\x04'],
  ['application/gzip', '\x1f\x8b\x08'],
  ['video/mp4', '\0\0\0\x20ftypisom'],
];

for (const [essence, good] of rows) {
  test(`${essence} has its own first bytes`, () => {
    assert.equal(contentMatches(essence, bytes(`${good}more`)), true);
    for (const other of ['', 'x', good.slice(0, 2), '<html>', '<svg>', 'MZ\x90'])
      assert.equal(contentMatches(essence, bytes(other)), false, other);
    for (const [foreign, content] of rows)
      if (foreign !== essence) assert.equal(contentMatches(essence, bytes(content)), false, foreign);
  });
}

test('unknown images may not begin like something that runs', () => {
  assert.equal(contentMatches('image/x-odd', bytes('abc')), true);
  for (const text of [
    '<svg>',
    ' \n<HTML>',
    '<!DOCTYPE html>',
    '<?xml version="1.0"?>',
    '#!/bin/sh',
    '<?php',
    '\xef\xbb\xbf<script>',
    '\xff\xfe<\0s\0c\0r\0i\0p\0t\0>\0',
    'x <script >',
    '<!--',
  ]) {
    assert.equal(looksActive(bytes(text)), true, text);
    assert.equal(contentMatches('image/x-odd', bytes(text)), false, text);
  }
});

test('text is UTF-8 without NUL; anything else cannot be told', () => {
  assert.equal(contentMatches('text/csv', bytes('a,b')), true);
  assert.equal(contentMatches('text/csv', bytes('a\0b')), false);
  assert.equal(contentMatches('text/csv', bytes('\xff')), false);
  assert.equal(contentMatches('application/x-something', bytes('<html>')), true);
  assert.equal(contentMatches('image/svg+xml', bytes('<svg/>')), true);
});
