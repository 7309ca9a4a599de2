/**
 * Makes nodes/field/profile-validator.ts from nodes/field/profile-schema.json, with ajv's own generator, so that neither
 * Node-RED nor the editor needs ajv. Run it after the schema was changed: `node build-schema.mjs`; a test compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './set-up.mjs';

const SCHEMA = join(root, 'nodes', 'field', 'profile-schema.json');
const VALIDATOR = join(root, 'nodes', 'field', 'profile-validator.ts');

/** The text of the validator. */
export async function validatorText() {
  const { default: Ajv } = await import('ajv');
  const { default: standalone } = await import('ajv/dist/standalone/index.js');
  const { transform } = await import('esbuild');
  const ajv = new Ajv.default({
    code: { source: true, esm: true }, discriminator: true, strictRequired: false, allowUnionTypes: true, messages: false, inlineRefs: false,
  });
  const code = standalone.default(ajv, ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8'))));
  const { code: small } = await transform(code, { minify: true, charset: 'utf8' });
  return `/* eslint-disable */\n// @ts-nocheck\n// Made by build-schema.mjs from profile-schema.json: change that one.\n${small}`;
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  writeFileSync(VALIDATOR, await validatorText());
}
