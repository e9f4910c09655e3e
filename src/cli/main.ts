#!/usr/bin/env node
/** Node 22 and later keep what they have compiled from one start to the next. */
import * as module from 'node:module'

if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function') module.enableCompileCache()
await import('./program.ts')
