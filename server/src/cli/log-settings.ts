import { read, type Setting } from './setting'

/** The settings of the log, which stores rooms and chat: the option `log`. */
export const LOG_SETTINGS: readonly Setting[] = [
  {
    path: 'log.file',
    flag: 'log',
    env: 'PEERSTAGE_LOG',
    read: read.path,
    help: 'file that stores rooms and chat; :memory: for none (default peerstage-data/rooms.db)',
  },
  {
    path: 'log.durability',
    flag: 'log-durability',
    env: 'PEERSTAGE_LOG_DURABILITY',
    read: read.text,
    help: 'what the log survives: process (the end of the process), or full (loss of power too) (default process)',
  },
  {
    path: 'log.maxBytes',
    flag: 'log-max-bytes',
    env: 'PEERSTAGE_LOG_MAX_BYTES',
    read: read.number,
    help: 'largest size of the file; old chat is deleted first (default 1073741824)',
  },
  {
    path: 'log.maxRoomBytes',
    flag: 'log-max-room-bytes',
    env: 'PEERSTAGE_LOG_MAX_ROOM_BYTES',
    read: read.number,
    help: 'most chat of one room, in bytes; the oldest is deleted first (default 52428800)',
  },
  {
    path: 'log.chatDays',
    flag: 'chat-days',
    env: 'PEERSTAGE_CHAT_DAYS',
    read: read.number,
    help: 'days for which chat is kept (default 30)',
  },
]
