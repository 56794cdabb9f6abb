import {
  DEFAULT_LIMITS,
  isOnStage,
  MODES,
  PERMISSIONS,
  type Permission,
  ROLES,
  type Role,
} from '@peerstage/sdk/protocol'
import { nodeOf } from '../../sdk/test/harness/schema-node'
import { variablesOf } from '../../server/src/cli/setting-sources'
import { SETTINGS } from '../../server/src/cli/settings-table'
import { limitSettings } from '../../server/src/config/limits'
import { settingsEntries } from '../../server/src/config/settings'
import { code, table } from './markdown'
import { METRICS } from './metrics'

/** What each permission is for, in the words of the docs. */
const WORDS: Readonly<Record<Permission, string>> = {
  publish: 'publish microphone, camera and screen',
  chat: 'write and read the chat',
  react: 'send reactions',
  sendData: "send the app's own messages",
  signal: 'watch and listen: have links to participants on stage',
  requestStage: 'raise the hand',
  leaveStage: 'step down from the stage',
  manageStage: 'approve, reject and invite',
  deleteMessages: "delete others' messages",
  pinMessages: 'pin messages',
  mute: 'mute others',
  kick: 'remove others',
  ban: 'ban others, see who is banned, and lift bans',
  setRole: 'promote and demote',
  lock: 'lock and unlock the room',
  endRoom: 'end the room for all',
}

/** How far a limit can be set; undefined where it cannot. */
function boundsOf(limit: string): { least: string; most: string } | undefined {
  const { pipe = [] } = nodeOf(limitSettings).entries?.[limit]?.wrapped ?? {}
  const bound = (type: string) => pipe.find((action) => action.type === type)?.requirement
  return pipe.length === 0 ? undefined : { least: String(bound('min_value')), most: String(bound('max_value')) }
}

/** Whether a setting of the command line is an option of `createPeerstageServer` too. */
const isOption = (path: string): boolean => Object.hasOwn(settingsEntries, path.split('.')[0] ?? '')

/** Parts of hand-written pages that are made from the sources, by the name that stands in the page. */
export const REGIONS: Readonly<Record<string, () => string>> = {
  permissions: () =>
    table(
      ['may …', ...ROLES],
      Object.entries<readonly Role[]>(PERMISSIONS).map(([permission, roles]) => [
        WORDS[permission as Permission],
        ...ROLES.map((role) => (roles.includes(role) ? 'yes' : '–')),
      ]),
    ),
  modes: () =>
    table(
      ['mode', 'on stage at most', 'sources'],
      Object.values(MODES).map(({ name, maxOnStage, sources }) => [
        code(name),
        String(maxOnStage),
        sources.map(code).join(', '),
      ]),
    ),
  stage: () =>
    `On stage: ${ROLES.filter(isOnStage).join(', ')}. In the audience: ${ROLES.filter((role) => !isOnStage(role)).join(', ')}.`,
  metrics: () =>
    table(
      ['metric', 'kind', 'labels', 'meaning'],
      METRICS.map(({ name, kind, labels, help }) => [code(name), kind, labels.map(code).join(', ') || '–', help]),
    ),
  limits: () =>
    table(
      ['limit', 'default', 'from', 'to'],
      Object.entries(DEFAULT_LIMITS).map(([name, value]) => {
        const { least, most } = boundsOf(name) ?? { least: 'fixed', most: 'fixed' }
        return [code(name), String(value), least, most]
      }),
    ),
  settings: () =>
    table(
      ['option', 'flag', 'variable', 'meaning'],
      SETTINGS.map((setting) => [
        isOption(setting.path) ? code(setting.path) : '–',
        setting.flag === undefined ? '–' : code(`--${setting.flag}`),
        variablesOf(setting).map(code).join(', '),
        setting.help,
      ]),
    ),
}
