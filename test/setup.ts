import { afterAll } from 'vitest';
import { removeFolders } from './folders.ts';

// Before each file of tests: files share their modules, so that a module could say this once only.
afterAll(removeFolders);
