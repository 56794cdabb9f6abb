const { LiveStreamClient } = require('@peerstage/sdk')
const { createPeerstageServer } = require('@peerstage/server')
const WebSocket = require('ws')

import('./talk.mjs').then(({ talk }) => talk({ createPeerstageServer, LiveStreamClient, WebSocket }))
