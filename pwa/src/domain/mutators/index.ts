import type { MutationName, Mutations } from '../mutations'
import type { Transaction } from '../transaction'
import * as alerts from './alerts'
import * as appointments from './appointments'
import { attempt } from './attempts'
import * as clinic from './clinic'
import * as consents from './consents'
import * as customers from './customers'
import * as days from './days'
import * as followups from './followups'
import * as inbox from './inbox'
import * as messages from './messages'
import * as photos from './photos'
import * as reviews from './reviews'
import * as treatments from './treatments'
import * as vip from './vip'

/**
 * What each mutation does to the documents of this phone until the server has answered. The server's mutators decide;
 * both run the same vectors (tests/vectors/mutations). A mutator throws Refusal and changes nothing, or succeeds.
 */
export const mutators: { [N in MutationName]: (tx: Transaction, args: Mutations[N]) => void } = {
  'customer.create': customers.create,
  'customer.update': customers.update,
  'customer.update_medical': customers.updateMedical,
  'customer.keep': customers.keep,
  'customer.release': customers.keep,
  'alert.raise': alerts.raise,
  'alert.clear': alerts.clear,
  'conflict.resolve': customers.resolve,
  'treatment.plan': treatments.plan,
  'treatment.complete': treatments.complete,
  'treatment.void': treatments.voided,
  'appointment.book': appointments.book,
  'appointment.move': appointments.move,
  'appointment.cancel': appointments.cancel,
  'followup.create': followups.create,
  'followup.reschedule': followups.reschedule,
  'followup.assign': followups.assign,
  'followup.attempt': attempt,
  'followup.escalate': followups.escalate,
  'followup.hand_on': followups.handOn,
  'message.sent': messages.sent,
  'consent.sign': consents.sign,
  'consent.revoke': consents.revoke,
  'photo_set.start': photos.start,
  'photo_set.skip': photos.skip,
  'photo_set.finish': photos.finish,
  'photo.add': photos.add,
  'photo.opened': photos.opened,
  'photo.void': photos.voided,
  'vip.open': vip.open,
  'vip.review': vip.review,
  'vip.resubmit': vip.resubmit,
  'vip.confirm': vip.confirm,
  'vip.assign': vip.assign,
  'vip.arrival': vip.arrival,
  'vip.close': vip.close,
  'vip.plan.write': vip.plans.write,
  'vip.plan.approve': vip.plans.approve,
  'vip.plan.release': vip.plans.release,
  'vip.plan.answer': vip.plans.answer,
  'vip.step': vip.set,
  'day.sign_off': days.signOff,
  'attempt.review': reviews.review,
  'clinic.appoint_compliance': clinic.appointCompliance,
  'clinic.set_second_factor': clinic.setSecondFactor,
  'clinic.set_rules': clinic.setRules,
  'clinic.set_windows': clinic.setWindows,
  'clinic.set_template': clinic.setTemplate,
  'clinic.set_holidays': clinic.setHolidays,
  'clinic.set_vip_template': vip.setTemplate,
  'notice.read': inbox.read,
  'notice.settings': inbox.choose,
  'rejection.dismiss': inbox.dismiss,
}
