//! The audit: computes everything again from transfers and entries, and says what does not agree.

use rusqlite::Row;

use super::store::{Link, Totals};
use super::{Account, Reason};
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, BountyId, TransferId};

/// Problems named in full; more are only counted.
const PROBLEMS_MAX: usize = 100;

/// What an audit found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Transfers looked at.
    pub transfers: u64,
    /// Accounts looked at.
    pub accounts: u64,
    /// One sentence for each thing that does not agree.
    pub problems: Vec<String>,
}

impl Findings {
    /// Adds a sentence; after a hundred, a last one says that there is more.
    pub fn add(&mut self, problem: String) {
        match self.problems.len() {
            ..PROBLEMS_MAX => self.problems.push(problem),
            PROBLEMS_MAX => self.problems.push("… and more".to_owned()),
            _ => {}
        }
    }
}

/// Checks the whole ledger.
///
/// # Errors
/// Those of the database; what is wrong in the ledger is a finding and no error.
pub fn audit(tx: &ReadTransaction) -> Result<Findings> {
    let mut findings = Findings::default();
    check_chain(tx, &mut findings)?;
    check_sides(tx, &mut findings)?;
    check_accounts(tx, &mut findings)?;
    Ok(findings)
}

fn check_chain(tx: &ReadTransaction, findings: &mut Findings) -> Result<()> {
    const SQL: &str = "
        SELECT id, from_account, to_account, amount, reason, ref_id, at, hash
        FROM transfers
        ORDER BY id";
    let mut previous = [0; 32];
    tx.each(SQL, [], |row| {
        let reason: String = row.get("reason")?;
        let link = Link {
            id: row.get("id")?,
            from: row.get("from_account")?,
            to: row.get("to_account")?,
            amount: row.get("amount")?,
            reason: &reason,
            ref_id: row.get("ref_id")?,
            at: row.get("at")?,
        };
        let hash: [u8; 32] = row.get("hash")?;
        if hash != link.hash_after(&previous) {
            findings.add(format!("{}: the hash chain is broken here", TransferId(link.id)));
        }
        // Going on from the stored hash names each broken link once.
        previous = hash;
        findings.transfers += 1;
        Ok(())
    })
}

/// Every transfer has exactly its two entries.
fn check_sides(tx: &ReadTransaction, findings: &mut Findings) -> Result<()> {
    const ONE_SIDED: &str = "
        SELECT id
        FROM transfers
        WHERE (SELECT delta FROM entries WHERE account_id = from_account AND transfer_id = id) IS NOT -amount
           OR (SELECT delta FROM entries WHERE account_id = to_account   AND transfer_id = id) IS NOT  amount";
    tx.each(ONE_SIDED, [], |row| {
        findings.add(format!("{}: its two entries are not there as it says", row.get::<_, TransferId>("id")?));
        Ok(())
    })?;
    let entries: i64 = tx.one("SELECT count(*) FROM entries", [], |row| row.get(0))?;
    if entries.cast_unsigned() != 2 * findings.transfers {
        findings.add(format!("{} transfers have {entries} entries in place of two each", findings.transfers));
    }
    Ok(())
}

/// What the entries say of one account.
#[derive(Default)]
struct Sums {
    balance: i64,
    totals: Totals,
}

/// Every account equals the sum of its entries, none but the treasury is below zero, and all sum to zero.
fn check_accounts(tx: &ReadTransaction, findings: &mut Findings) -> Result<()> {
    const ACCOUNTS: &str = "
        SELECT id, kind, balance, total_earned, total_spent, from_agents, to_agents
        FROM accounts
        ORDER BY id";
    let mut all = 0_i64;
    tx.each(ACCOUNTS, [], |row| {
        let account = read_account(row)?;
        let sums = sum_entries(tx, account, findings)?;
        let balance: i64 = row.get("balance")?;
        let totals = Totals {
            earned: row.get("total_earned")?,
            spent: row.get("total_spent")?,
            from_agents: row.get("from_agents")?,
            to_agents: row.get("to_agents")?,
        };
        let name = name_of(account);
        if balance != sums.balance {
            findings.add(format!("{name}: holds {balance}, its entries add up to {}", sums.balance));
        }
        if totals != sums.totals {
            findings.add(format!("{name}: its totals are {totals:?}, its entries say {:?}", sums.totals));
        }
        if balance < 0 && account != Account::Treasury {
            findings.add(format!("{name}: is below zero ({balance})"));
        }
        all += balance;
        findings.accounts += 1;
        Ok(())
    })?;
    if all != 0 {
        findings.add(format!("all accounts together hold {all} in place of 0"));
    }
    Ok(())
}

fn sum_entries(tx: &ReadTransaction, account: Account, findings: &mut Findings) -> Result<Sums> {
    const SQL: &str = "
        SELECT transfer_id, delta, balance_after, reason
        FROM entries
        WHERE account_id = ?1
        ORDER BY transfer_id";
    let mut sums = Sums::default();
    tx.each(SQL, [account.id()], |row| {
        let delta: i64 = row.get("delta")?;
        sums.balance += delta;
        if row.get::<_, i64>("balance_after")? != sums.balance {
            let id: TransferId = row.get("transfer_id")?;
            findings.add(format!("{}: {id} leaves another balance than it says", name_of(account)));
        }
        let word = row.get_ref("reason").and_then(|reason| Ok(reason.as_str()?))?;
        match Reason::of_entry(word) {
            Some((reason, _)) => {
                let part = Totals::of(account, delta, reason);
                sums.totals.earned += part.earned;
                sums.totals.spent += part.spent;
                sums.totals.from_agents += part.from_agents;
                sums.totals.to_agents += part.to_agents;
            }
            None => findings.add(format!("{}: an entry has the unknown reason {word}", name_of(account))),
        }
        Ok(())
    })?;
    Ok(sums)
}

fn read_account(row: &Row) -> rusqlite::Result<Account> {
    let id: i64 = row.get("id")?;
    Ok(match row.get_ref("kind")?.as_str()? {
        "wallet" => Account::Wallet(AgentId(id)),
        "escrow" => Account::Escrow(BountyId(id)),
        _ => Account::Treasury,
    })
}

fn name_of(account: Account) -> String {
    match account {
        Account::Treasury => "the treasury".to_owned(),
        Account::Wallet(agent) => format!("the wallet of {agent}"),
        Account::Escrow(bounty) => format!("the escrow of {bounty}"),
    }
}
