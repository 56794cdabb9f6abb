import { LiveStreamClient } from '@peerstage/sdk'
import { createPeerstageServer } from '@peerstage/server'
import WebSocket from 'ws'
import { talk } from './talk.mjs'

await talk({ createPeerstageServer, LiveStreamClient, WebSocket })
